"""What is asked of an annotator, and what it answers."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """Is this caption good news for the goal, or which of two is better?"""

    captions: tuple[str, ...]
    """One, or two that differ."""
    variant: str = ""
    """Which wording or annotator it is for, where members of an ensemble have their own."""

    def __post_init__(self) -> None:
        if len(self.captions) not in (1, 2) or not all(self.captions):
            raise ValueError(f"a question has one caption or two, not {self.captions!r}")
        if len(set(self.captions)) < len(self.captions):
            raise ValueError(f"both captions are {self.captions[0]!r}: there is nothing to compare")

    @property
    def is_pair(self) -> bool:
        """Whether two captions are compared."""
        return len(self.captions) == 2

    @property
    def swapped(self) -> Question:
        """The same pair in the other order."""
        return Question(self.captions[::-1], self.variant)

    @property
    def key(self) -> Question:
        """One of the two orders, the same for both: a pair that was asked need not be asked turned round."""
        return Question(tuple(sorted(self.captions)), self.variant)


@dataclass(frozen=True)
class Label:
    """An answer."""

    question: Question
    value: float
    """Probability that the caption is helpful; of a pair, that the first is better, 0.5 for a tie."""
    votes: int = 1
    """How many answers it is the mean of."""
    answers: tuple[float, ...] = ()
    """The answers themselves where the question was asked several times, each like `value`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", float(self.value))  # a truth value, or a number of NumPy's
        for value in (self.value, *self.answers):
            if not (math.isfinite(value) and 0.0 <= value <= 1.0):
                raise ValueError(f"a label is between 0 and 1, not {value}")
        if self.answers and len(self.answers) != self.votes:
            raise ValueError(f"{len(self.answers)} answers are not {self.votes} votes")

    @classmethod
    def of_answers(cls, question: Question, answers: Sequence[float]) -> Label:
        """Return the mean of one answer or more."""
        given = tuple(map(float, answers))
        return cls(question, statistics.fmean(given), len(given), given if len(given) > 1 else ())

    @property
    def ordered(self) -> Label:
        """The label of `question.key`."""
        return self if self.question.key == self.question else self.turned

    @property
    def turned(self) -> Label:
        """The label of the same pair in the other order."""
        answers = tuple(1.0 - answer for answer in self.answers)
        return Label(self.question.swapped, 1.0 - self.value, self.votes, answers)
