"""What is still to be answered: asked once, the newest first, and never more than so much."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eureka_agent.errors import ConfigError
from eureka_agent.intrinsic.annotation.questions import Label, Question


@dataclass(frozen=True)
class BacklogCounts:
    """How many questions are where, and what became of the others."""

    waiting: int
    in_flight: int
    answered: int
    """Answers that were asked for, over all time."""
    given_up: int
    """Questions without a usable answer after all attempts; they are not asked again."""
    dropped: int
    """Questions that were the oldest of too many; they may be asked when they are met again."""
    unasked: int
    """Answers to what was not asked, or was answered already."""


class Backlog:
    """The pending set: a question waits, or is in flight, or is known, and in any of them is not added again.

    Both orders of a pair are one question. A model asks what it meets, rollout after rollout, while an answer
    takes many rollouts: without this set half of an annotator's work repeats what is under way. The newest
    questions are taken first, because they are about what the policy does now. Not for several threads.
    """

    def __init__(self, bound: int = 4_096, *, attempts: int = 3, remembered: int = 200_000) -> None:
        """`bound` may wait; each is asked up to `attempts` times; so many answered ones are remembered."""
        if min(bound, attempts, remembered) < 1:
            raise ConfigError(
                f"A backlog of {bound} questions with {attempts} attempts that remembers {remembered}.",
                allowed="1 or more of each",
                fix="Choose larger numbers.",
            )
        self._bound, self._attempts, self._remembered = bound, attempts, remembered
        # Each by its `key`, the newest last. Where the oldest are dropped the dictionaries are ordered ones:
        # a plain one walks over all that was dropped before, so that each drop would cost more.
        self._waiting: OrderedDict[Question, Question] = OrderedDict()
        self._in_flight: dict[Question, Question] = {}
        self._done: OrderedDict[Question, Label | None] = OrderedDict()
        """Answered and given up, those last that were met last; None where the answer is not known here."""
        self._again: dict[Question, Label] = {}
        """Known answers to what was asked again."""
        self._tries: dict[Question, int] = {}
        """Unusable answers so far, of questions that wait or are in flight."""
        self._answered = self._given_up = self._dropped = self._unasked = 0

    def add(self, questions: Sequence[Question]) -> int:
        """Let new questions wait, the most wanted first; return how many were not known before.

        Those that wait already go to the front with the others: they were met again. Nobody is asked what was
        answered: see `again`.
        """
        new = 0
        for question in reversed(questions):
            key = question.key
            if key in self._done:
                self._done.move_to_end(key)
                if (label := self._done[key]) is not None:
                    self._again[key] = label if label.question == question else turned(label)
            elif key not in self._in_flight:
                new += self._waiting.pop(key, None) is None
                self._waiting[key] = question
        self._drop()
        return new

    def again(self) -> list[Label]:
        """Return the answers to what was added since the last call and had been answered before.

        A model that keeps fewer labels than this set does asks for those that it has forgotten.
        """
        known, self._again = list(self._again.values()), {}
        return known

    def take(self, most: int) -> list[Question]:
        """Return up to `most` of those that wait, the newest first; they are in flight from now on."""
        taken = [self._waiting.popitem() for _ in range(min(most, len(self._waiting)))]
        self._in_flight.update(taken)
        return [question for _, question in taken]

    def answered(self, labels: Iterable[Label]) -> list[Label]:
        """Take note of answers, and return those that were asked for, in the order of captions as asked.

        An answer may come late, when its question waits again. Answers to anything else are counted.
        """
        accepted: list[Label] = []
        for label in labels:
            key = label.question.key
            asked = self._in_flight.pop(key, None) or self._waiting.pop(key, None)
            if asked is None:
                self._unasked += 1
                continue
            self._answered += 1
            accepted.append(label if label.question == asked else turned(label))
            self._close(key, accepted[-1])
        return accepted

    def failed(self, questions: Iterable[Question]) -> None:
        """Let those wait again that got no usable answer, each up to its number of attempts."""
        for question in reversed(list(questions)):
            key = question.key
            if key not in self._in_flight:
                continue
            self._tries[key] = self._tries.get(key, 0) + 1
            if self._tries[key] < self._attempts:
                self._waiting[key] = self._in_flight.pop(key)
            else:
                del self._in_flight[key]
                self._given_up += 1
                self._close(key)
        self._drop()

    def give_up(self, questions: Iterable[Question]) -> None:
        """Take questions in flight as given up, whatever attempts are left: nobody is there to be asked."""
        for question in questions:
            if self._in_flight.pop(question.key, None) is not None:
                self._given_up += 1
                self._close(question.key)

    def put_back(self, questions: Iterable[Question]) -> None:
        """Let those wait again that nobody could be asked: it was not their fault, and costs no attempt."""
        back = [question.key for question in questions if question.key in self._in_flight]
        for key in reversed(back):
            self._waiting[key] = self._in_flight.pop(key)
        self._drop()

    def remember(self, questions: Iterable[Question]) -> None:
        """Take note of questions whose answers are known from elsewhere, such as a saved training."""
        for question in questions:
            self._waiting.pop(question.key, None)
            if question.key not in self._in_flight:
                self._close(question.key)

    @property
    def counts(self) -> BacklogCounts:
        """How many questions are where."""
        return BacklogCounts(
            len(self._waiting),
            len(self._in_flight),
            self._answered,
            self._given_up,
            self._dropped,
            self._unasked,
        )

    def _close(self, key: Question, label: Label | None = None) -> None:
        self._tries.pop(key, None)
        known = self._done.pop(key, None)
        self._done[key] = label or known
        if len(self._done) > self._remembered:
            self._done.popitem(last=False)

    def _drop(self) -> None:
        while len(self._waiting) > self._bound:
            oldest, _ = self._waiting.popitem(last=False)
            self._tries.pop(oldest, None)
            self._dropped += 1


def turned(label: Label) -> Label:
    """Return the label of the same pair in the other order."""
    return label.turned
