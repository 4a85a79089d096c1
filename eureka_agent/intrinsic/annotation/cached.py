"""An annotator that is asked only what the cache does not know."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from eureka_agent.errors import StoreError
from eureka_agent.intrinsic.annotation.annotators import SourcedAnnotator
from eureka_agent.intrinsic.annotation.label_cache import LabelCache
from eureka_agent.intrinsic.annotation.questions import Label, Question


class Cached:
    """Gives a known label again, asks `annotator` for the rest, and keeps what it answers."""

    def __init__(self, annotator: SourcedAnnotator, cache: LabelCache, *, votes: int = 1) -> None:
        """A label of fewer `votes` is none; only an annotator that gives so many can be meant by more."""
        self.name = annotator.name
        self.source = annotator.source
        self.known = 0
        """Answers so far that came from the cache; see `CountsKnown`."""
        self.unwritten = ""
        """Why answers could not be kept; empty where all were."""
        self._annotator, self._cache, self._votes = annotator, cache, votes

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> Sequence[Label | None]:
        """Return one label a question; see `Annotator`."""
        found = {question: self.look_up(question) for question in questions}
        unknown = [question for question, label in found.items() if label is None]
        if unknown:
            answers = self._annotator.annotate(unknown, stop)
            new = [label for label in answers if label is not None and label.question in found]
            self._keep(new)
            found |= {label.question: label for label in new}
        self.known += len(found) - len(unknown)
        return [found[question] for question in questions]

    def look_up(self, question: Question) -> Label | None:
        """Return what is known already."""
        return self._cache.get(self.source, question, votes=self._votes)

    def _keep(self, labels: Sequence[Label]) -> None:
        try:
            self._cache.put(self.source, labels)
        except StoreError as error:  # a full disk must not cost what was just paid for
            self.unwritten = error.what
