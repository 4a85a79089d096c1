"""Labels of an earlier training, in the place of whoever gave them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotators import Source
from eureka_agent.intrinsic.label_cache import LabelCache
from eureka_agent.intrinsic.questions import Label, Question


class Replayed:
    """Answers what a file of labels knows, and nothing else: a training repeats itself without a model."""

    def __init__(self, cache: LabelCache, source: Source | None = None) -> None:
        """Answer as `source` did; without it the file must hold the labels of one only (ConfigError)."""
        self.source = source or _only(cache)
        self.name = f"replay:{self.source.annotator}"
        self.known = 0
        """Answers so far; see `CountsKnown`."""
        self._cache = cache

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> Sequence[Label | None]:
        """Return one label a question; see `Annotator`."""
        labels = [self._cache.get(self.source, question) for question in questions]
        self.known += sum(label is not None for label in labels)
        return labels


def _only(cache: LabelCache) -> Source:
    sources = cache.sources()
    if len(sources) != 1:
        told = "; ".join(f"{source.annotator}, goal: {source.goal}" for source in sources)
        raise ConfigError(
            f"{cache.path or 'The cache'} holds the labels of {len(sources)} annotators, prompts or goals.",
            allowed=told or "a file with labels",
            fix="Say which of them is to answer." if sources else "Name a file that a training has written.",
        )
    return sources[0]
