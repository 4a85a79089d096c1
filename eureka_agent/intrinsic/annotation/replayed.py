"""Labels of an earlier training, in the place of whoever gave them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from eureka_agent.errors import ConfigError, did_you_mean
from eureka_agent.intrinsic.annotation.annotators import Source
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.questions import Label, Question


class Replayed:
    """Answers what a file of labels knows, and nothing else: the labels of a training without its model."""

    def __init__(self, cache: LabelCache, goal: str, annotator: str = "") -> None:
        """Answer by the labels for `goal`, those of one `annotator` where a name is given.

        Raises ConfigError where the file has none, or those of several annotators.
        """
        self.source = _only(cache, goal, annotator)
        self.name = f"labels:{self.source.annotator}"
        self.known = 0
        """Answers so far; see `CountsKnown`."""
        self.unknown = 0
        """Questions so far that the file has no label for."""
        self._cache = cache

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> Sequence[Label | None]:
        """Return one label a question; see `Annotator`."""
        labels = [self.look_up(question) for question in questions]
        known = sum(label is not None for label in labels)
        self.known, self.unknown = self.known + known, self.unknown + len(labels) - known
        return labels

    def never_answers(self, question: Question) -> bool:
        """Whether the file has no label for a question; see `KnowsItsLimits`."""
        return self.look_up(question) is None

    def look_up(self, question: Question) -> Label | None:
        """Return the label of a question, of a pair whichever way round it was answered."""
        return self._cache.get_either(self.source, question)


def _check_named(cache: LabelCache, names: list[str], annotator: str) -> None:
    if annotator not in names:
        raise ConfigError(
            f"{cache.path or 'The cache'} holds no labels of '{annotator}' for this goal."
            f"{did_you_mean(annotator, names)}",
            allowed="; ".join(dict.fromkeys(names)) or "a file that a training for this goal has written",
            fix="Name one of them behind the #, or none where there is only one.",
        )


def _only(cache: LabelCache, goal: str, annotator: str) -> Source:
    found = [source for source in cache.sources() if source.goal == goal]
    if annotator:
        _check_named(cache, [source.annotator for source in found], annotator)
        found = [source for source in found if source.annotator == annotator]
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(
            f"{cache.path or 'The cache'} holds labels of {len(found)} annotators or prompts for this goal: "
            f"{'; '.join(source.annotator for source in found)}.",
            allowed="a file with the labels of one of them, or labels:<file>#<annotator>",
            fix="Say whose labels, or name the annotator itself: what it answered is not asked again.",
        )
    goals = dict.fromkeys(source.goal for source in cache.sources())
    raise ConfigError(
        f"{cache.path or 'The cache'} holds no labels for the goal '{goal}'.",
        allowed="; ".join(goals) or "a file that a training has written",
        fix="Give --goal as it was given then." if goals else "Name another file.",
    )
