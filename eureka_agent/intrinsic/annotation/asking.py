"""Who asks the annotator, and when: beside the training in a thread of its own, or at set rollouts."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from eureka_agent.errors import BudgetExhaustedError, ConfigError, EurekaError, ModelError
from eureka_agent.intrinsic.annotation.annotators import Annotator, CountsKnown, KnowsItsLimits
from eureka_agent.intrinsic.annotation.asks import Asks
from eureka_agent.intrinsic.annotation.backlog import Backlog
from eureka_agent.intrinsic.annotation.by_variant import LeavesUnasked
from eureka_agent.intrinsic.annotation.questions import Label, Question

Wait = Callable[[threading.Event, float], object]
Notice = Callable[[str], None]
_MOST_DOUBLINGS = 30
_IDLE_S = 0.5
"""How often an idle thread looks whether somebody else has set `stop`."""


@dataclass(frozen=True)
class AskingStatistics:
    """What became of the questions so far."""

    asked: int
    """Questions put to the annotator, each attempt counted."""
    answered: int
    known: int
    """Those of `answered` that nobody had to be asked for: they came from a cache or a recording."""
    failed: int
    """Attempts without a usable answer."""
    given_up: int
    """Questions without one after all attempts."""
    dropped: int
    """Questions that were the oldest of too many."""
    unasked: int
    """Answers to what was not asked, or was answered already."""
    failures: int
    """Requests that the annotator could not be asked."""
    waiting: int
    in_flight: int
    over: bool
    """Nobody is asked any more."""


class Asking(Asks, Protocol):
    """Brings questions to an annotator and labels back. No call waits for an answer, but for `close`."""

    def statistics(self) -> AskingStatistics:
        """Return what became of the questions so far."""
        ...

    def close(self) -> None:
        """Ask nobody any more; labels that came may still be collected."""
        ...


class Round:
    """Takes questions from the backlog, asks the annotator, and gives back what it did not answer.

    A failure of the annotator is told and counted, and never ends a training: after `give_up_after` of them
    in a row, or when the money is spent, nobody is asked any more. An annotator that answers, but never so
    that it can be read, is told after as many requests and asked later and later; after twice as many it is
    given up, too. Requests for less than a batch together decide nothing. `guard` is held while the backlog
    and the counts change, and never while the annotator answers.
    """

    def __init__(
        self, annotator: Annotator, backlog: Backlog, *, batch: int, give_up_after: int, stop: threading.Event
    ) -> None:
        if min(batch, give_up_after) < 1:
            raise ConfigError(
                f"Batches of {batch} questions, given up after {give_up_after} failures.",
                allowed="1 or more of each",
                fix="Choose larger numbers.",
            )
        self.backlog = backlog
        self.guard = threading.Condition()
        self.over = False
        self.in_a_row = 0
        """Failures since the last request that was answered."""
        self._fruitless = self._unread = 0
        """Requests, and questions in them, since the last usable answer."""
        self._told: set[str] = set()
        self._annotator, self._batch, self._give_up_after, self._stop = annotator, batch, give_up_after, stop
        self._labels: dict[Question, Label] = {}
        """Labels that nobody has collected yet, each question's once."""
        self._notices: deque[str] = deque()
        self._asked = self._failed = self._failures = 0

    def ask(self) -> bool:
        """Ask one batch, if any waits; return whether the annotator answered at all."""
        with self.guard:
            questions = self.backlog.take(self._batch)
            self._asked += len(questions)
        if not questions:
            return True
        try:
            answers = self._annotator.annotate(questions, self._stop)
        except EurekaError as error:
            with self.guard:
                self._was_not_asked(questions, error)
            return False
        with self.guard:
            self._take(questions, answers)
        return True

    @property
    def setbacks(self) -> int:
        """How many times in a row it went wrong; the next request is to wait twice as long for each."""
        if self.in_a_row or not self._doubtful(1):
            return self.in_a_row
        return self._fruitless - self._give_up_after + 1

    def _doubtful(self, times: int) -> bool:
        """Whether no answer could be read in so many times as many requests as are forgiven."""
        return self._fruitless >= times * self._give_up_after and self._unread >= times * self._batch

    def add(self, questions: Sequence[Question]) -> None:
        """Let questions wait; those that were answered already are answered at once. `guard` is held."""
        self.backlog.add(questions)
        self._keep(self.backlog.again())

    def _keep(self, labels: Sequence[Label]) -> None:
        self._labels |= {label.question.key: label for label in labels}

    def drain(self) -> tuple[list[Label], list[str]]:
        """Return labels and notices that came since the last call."""
        with self.guard:
            labels, notices = list(self._labels.values()), list(self._notices)
            self._labels = {}
            self._notices.clear()
        return labels, notices

    def end(self, why: str) -> None:
        """Ask nobody any more, and say why; `guard` is held."""
        self.over = True
        if why:
            self._notices.append(why)

    def statistics(self) -> AskingStatistics:
        """Return what became of the questions so far."""
        known = self._annotator.known if isinstance(self._annotator, CountsKnown) else 0
        with self.guard:
            counts = self.backlog.counts
            return AskingStatistics(
                asked=self._asked, answered=counts.answered, known=known, failed=self._failed,
                given_up=counts.given_up, dropped=counts.dropped, unasked=counts.unasked,
                failures=self._failures, waiting=counts.waiting, in_flight=counts.in_flight, over=self.over,
            )  # fmt: skip

    def _take(self, questions: Sequence[Question], answers: Sequence[Label | None]) -> None:
        """Sort answers by what they are about, whatever their number and order."""
        accepted = self.backlog.answered(label for label in answers if label is not None)
        self._keep(accepted)
        keys = {label.question.key for label in accepted}
        unanswered = [question for question in questions if question.key not in keys]
        self.in_a_row = 0
        if isinstance(self._annotator, LeavesUnasked):
            unanswered = self._without_unasked(unanswered, self._annotator)
        if isinstance(self._annotator, KnowsItsLimits):
            unanswered = self._without_hopeless(unanswered, self._annotator)
        self._failed += len(unanswered)
        self.backlog.failed(unanswered)
        if accepted:
            self._fruitless = self._unread = 0
        elif unanswered:
            self._no_use(len(unanswered))

    def _no_use(self, questions: int) -> None:
        """Note a request of which no answer could be read."""
        doubtful = self._doubtful(1)
        self._fruitless, self._unread = self._fruitless + 1, self._unread + questions
        said = f"no answer to {self._unread} questions in {self._fruitless} requests could be read"
        if self._doubtful(2):
            self.end(f"No captions are labelled any more: {said}.")
        elif self._doubtful(1) and not doubtful:
            self._notices.append(f"Captions will be asked about less often: {said}.")

    def _without_unasked(self, questions: Sequence[Question], several: LeavesUnasked) -> list[Question]:
        """Let those wait again that nobody could be asked, unless nobody is any more; return the others."""
        unasked = {
            question: several.unasked[question] for question in questions if question in several.unasked
        }
        over = [question for question in questions if several.is_over(question.variant)]
        self.backlog.give_up(over)
        self.backlog.put_back(unasked)
        failed = {} if self._stop.is_set() else unasked  # interrupted is not failed
        self._failures += len({question.variant for question in failed})
        for question, error in failed.items():
            ends = several.is_over(question.variant)
            then = "are not labelled any more" if ends else "could not be labelled, and will be tried again"
            self._tell_once(f"Captions of the variant '{question.variant}' {then}: {error.what}")
        return [question for question in questions if question not in unasked and question not in set(over)]

    def _without_hopeless(self, questions: Sequence[Question], annotator: KnowsItsLimits) -> list[Question]:
        """Give up what the annotator will never answer, and return the others: it is no sign of a fault."""
        hopeless = {question for question in questions if annotator.never_answers(question)}
        self.backlog.give_up(hopeless)
        return [question for question in questions if question not in hopeless]

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._notices.append(text)

    def _was_not_asked(self, questions: Sequence[Question], error: EurekaError) -> None:
        self.backlog.put_back(questions)
        if self._stop.is_set():
            self.end("")
            return
        self._failures += 1
        self.in_a_row += 1
        if isinstance(error, BudgetExhaustedError) or not isinstance(error, ModelError):
            self.end(f"No captions are labelled any more: {error.what}")
        elif self.in_a_row >= self._give_up_after:
            self.end(
                f"No captions are labelled any more, after {self.in_a_row} failures in a row: {error.what}"
            )
        else:
            self._notices.append(f"Captions could not be labelled, and will be tried again: {error.what}")


class SynchronousAnnotation:
    """Asks at every `every`-th `submit`, in the caller's thread: the same rollouts get the same labels.

    For tests, recordings and rules, which answer at once; a slow annotator would hold up the training.
    """

    def __init__(
        self,
        annotator: Annotator,
        backlog: Backlog,
        *,
        every: int = 1,
        batch: int = 64,
        give_up_after: int = 5,
        stop: threading.Event | None = None,
        notice: Notice = lambda text: None,
    ) -> None:
        """One batch is asked each time; `notice` is told of failures, in the caller's thread."""
        if every < 1:
            raise ConfigError(
                f"An annotator cannot be asked every {every} rollouts.",
                allowed="1 or more",
                fix="Choose a larger number.",
            )
        self._round = Round(
            annotator, backlog, batch=batch, give_up_after=give_up_after, stop=stop or threading.Event()
        )
        self._every, self._notice = every, notice
        self._submits = self._left_out = 0

    def submit(self, questions: Sequence[Question]) -> None:
        """Let these be answered some time; see `Asking`."""
        with self._round.guard:
            self._round.add(questions)
        self._submits += 1
        if self._submits % self._every == 0 and not self._round.over:
            self._turn()

    def _turn(self) -> None:
        """Ask, unless nothing usable came for long: then ever more turns are left out."""
        if self._left_out > 0:
            self._left_out -= 1
            return
        if self._round.ask() and self._round.setbacks:
            self._left_out = 2 ** min(self._round.setbacks, _MOST_DOUBLINGS) - 1

    def collect(self) -> list[Label]:
        """Return the labels that came since the last call; see `Asking`."""
        return _collected(self._round, self._notice)

    def statistics(self) -> AskingStatistics:
        """Return what became of the questions so far."""
        return self._round.statistics()

    def close(self) -> None:
        """Ask nobody any more."""
        self._round.end("")


class AsynchronousAnnotation:
    """Asks in one thread beside the training, which goes on whatever becomes of the annotator.

    After a failure the thread waits, twice as long each time, and so it does where answers are of no use. If
    it ends by a fault of the annotator's code, that is told, too: a training never goes on in the belief that
    somebody answers.
    """

    def __init__(
        self,
        annotator: Annotator,
        backlog: Backlog,
        *,
        batch: int = 64,
        stop: threading.Event | None = None,
        give_up_after: int = 5,
        first_wait_s: float = 1.0,
        longest_wait_s: float = 60.0,
        wait: Wait = threading.Event.wait,
        notice: Notice = lambda text: None,
    ) -> None:
        """`stop` ends it as `close` does, and is set by `close`; `notice` is told of failures by `collect`.

        The backlog belongs to this object from now on.
        """
        self._stop = stop or threading.Event()
        self._round = Round(annotator, backlog, batch=batch, give_up_after=give_up_after, stop=self._stop)
        self._first_wait_s, self._longest_wait_s, self._wait = first_wait_s, longest_wait_s, wait
        self._notice = notice
        self._thread = threading.Thread(target=self._run, name="annotator", daemon=True)
        self._thread.start()

    def submit(self, questions: Sequence[Question]) -> None:
        """Let these be answered some time; see `Asking`."""
        with self._round.guard:
            self._round.add(questions)
            self._round.guard.notify_all()

    def collect(self) -> list[Label]:
        """Return the labels that came since the last call; see `Asking`."""
        return _collected(self._round, self._notice)

    def statistics(self) -> AskingStatistics:
        """Return what became of the questions so far."""
        return self._round.statistics()

    def close(self, patience_s: float = 10.0) -> None:
        """Ask nobody any more, and wait until what is being asked has been given up, or so long."""
        self._stop.set()
        with self._round.guard:
            self._round.guard.notify_all()
        self._thread.join(patience_s)

    def _run(self) -> None:
        try:
            while self._has_work():
                self._round.ask()
                if (setbacks := self._round.setbacks) and not self._round.over:
                    pause = self._first_wait_s * 2.0 ** min(setbacks - 1, _MOST_DOUBLINGS)
                    self._wait(self._stop, min(self._longest_wait_s, pause))
        finally:
            fault = sys.exception()
            with self._round.guard:
                died = f"No captions are labelled any more: the annotator failed with {fault!r:.300}."
                self._round.end(died if fault is not None else "")

    def _has_work(self) -> bool:
        """Wait for questions; False once nobody is to be asked any more."""
        guard = self._round.guard
        with guard:
            while not (self._stop.is_set() or self._round.over):
                if self._round.backlog.counts.waiting:
                    return True
                guard.wait(_IDLE_S)
        return False


def _collected(asking: Round, notice: Notice) -> list[Label]:
    labels, notices = asking.drain()
    for text in notices:
        notice(text)
    return labels
