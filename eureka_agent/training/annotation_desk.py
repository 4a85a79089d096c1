"""Where training children have their questions answered: each one once, whoever asks it."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Collection, Iterator
from typing import Any

from eureka_agent.intrinsic.asks import Asks
from eureka_agent.intrinsic.questions import Label, Question

REMEMBERED = 200_000
"""Answers that are kept for jobs that ask later, and questions that jobs are waiting for."""


class AnnotationDesk:
    """Passes questions of jobs on to an annotator, and its answers to the jobs that asked; thread-safe."""

    def __init__(self, asks: Asks, *, remembered: int = REMEMBERED) -> None:
        self._asks, self._remembered = asks, remembered
        self._lock = threading.Lock()
        self._known: dict[Question, Label] = {}
        self._waiting: defaultdict[Question, dict[str, None]] = defaultdict(dict)
        self._ready: defaultdict[str, deque[Label]] = defaultdict(deque)

    def ask(self, job: str, question: Question) -> None:
        """Have a job's question answered; at once where the answer is known."""
        key = question.key
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._ready[job].append(known)
                return
            self._waiting[key][job] = None
            self._forget(self._waiting)  # an annotator may drop what is asked of it
        self._asks.submit([question])

    def answers(self, jobs: Collection[str]) -> Iterator[tuple[str, Label]]:
        """Yield what these jobs were answered since the last call, without waiting."""
        with self._lock:
            for label in self._asks.collect():
                self._take(label.ordered)
            ready = [(job, self._ready.pop(job)) for job in jobs if job in self._ready]
        for job, labels in ready:
            for label in labels:
                yield job, label

    def _take(self, label: Label) -> None:
        self._known[label.question] = label
        self._forget(self._known)
        for job in self._waiting.pop(label.question, ()):
            self._ready[job].append(label)

    def _forget(self, kept: dict[Question, Any]) -> None:
        while len(kept) > self._remembered:
            del kept[next(iter(kept))]
