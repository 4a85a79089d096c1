"""The seam to whoever labels captions: a language model, rules, a recording, a person."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from eureka_agent.intrinsic.annotation.questions import Label, Question


@dataclass(frozen=True)
class Source:
    """Where a label comes from: with the same three the same question has the same answer."""

    annotator: str
    """Name of the model, or of the rules."""
    prompt: str
    """Digest of everything the annotator is told beside the captions, or of its rules."""
    goal: str
    """The sentence that captions are judged by."""


class Annotator(Protocol):
    """Answers questions about captions."""

    name: str

    def annotate(self, questions: Sequence[Question], stop: threading.Event) -> Sequence[Label | None]:
        """Return one label a question, in order; None where the annotator gave no usable answer.

        Raises ModelError when it could not be asked, or when `stop` was set while waiting.
        """
        ...


class SourcedAnnotator(Annotator, Protocol):
    """An annotator whose answers can be kept: it says what they depend on."""

    @property
    def source(self) -> Source:
        """What its answers depend on beside the question."""
        ...


@runtime_checkable
class KnowsItsLimits(Protocol):
    """An annotator that can say of a question that it will never answer it: nothing went wrong then."""

    def never_answers(self, question: Question) -> bool:
        """Whether asking it again is in vain."""
        ...


@runtime_checkable
class CountsKnown(Protocol):
    """An annotator that need not ask for everything."""

    known: int
    """Answers so far that nobody had to be asked for."""
