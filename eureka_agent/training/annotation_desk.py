"""Where training children have their questions answered: each one once, whoever asks it."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from eureka_agent.intrinsic.annotation.asks import Asks
from eureka_agent.intrinsic.annotation.questions import Label, Question

REMEMBERED = 200_000
"""Answers that are kept for jobs that ask later, and questions that jobs are waiting for."""


class AnnotationDesk:
    """Passes questions of jobs on to an annotator, and its answers to the jobs that asked; thread-safe."""

    def __init__(
        self,
        asks: Asks,
        *,
        look_up: Callable[[Question], Label | None] = lambda _: None,
        remembered: int = REMEMBERED,
    ) -> None:
        """What `look_up` knows, an annotator is not asked: also where it is dead, or has cost enough."""
        self.known = 0
        """Questions whose answer was looked up."""
        self._asks, self._look_up, self._remembered = asks, look_up, remembered
        self._lock = threading.Lock()
        self._answered: OrderedDict[Question, Label] = OrderedDict()
        self._waiting: OrderedDict[Question, dict[str, None]] = OrderedDict()
        self._ready: defaultdict[str, deque[Label]] = defaultdict(deque)

    def ask(self, job: str, questions: Sequence[Question]) -> None:
        """Have a job's questions answered, the most wanted first; at once where answers are known."""
        with self._lock:
            unknown = [question for question in questions if not self._knows(job, question)]
            for question in unknown:
                self._waiting.setdefault(question.key, {})[job] = None
            self._forget(self._waiting)  # an annotator may drop what is asked of it
        self._asks.submit(unknown)

    def answers(self, jobs: Collection[str]) -> Iterator[tuple[str, Label]]:
        """Yield what these jobs were answered since the last call, without waiting."""
        with self._lock:
            for label in self._asks.collect():
                self._take(label.ordered)
            ready = [(job, self._ready.pop(job)) for job in jobs if job in self._ready]
        for job, labels in ready:
            for label in labels:
                yield job, label

    def _knows(self, job: str, question: Question) -> bool:
        key = question.key
        if key not in self._answered and (found := self._look_up(question)) is not None:
            self.known += 1
            self._take(found.ordered)
        if key in self._answered:
            self._ready[job].append(self._answered[key])
        return key in self._answered

    def _take(self, label: Label) -> None:
        self._answered[label.question] = label
        self._forget(self._answered)
        for job in self._waiting.pop(label.question, ()):
            self._ready[job].append(label)

    def _forget(self, kept: OrderedDict[Question, Any]) -> None:
        while len(kept) > self._remembered:
            kept.popitem(last=False)
