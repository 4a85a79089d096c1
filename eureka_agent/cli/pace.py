"""How fast this process trains, learnt from the trainings that it watches.

Trainings that are begun together, a batch, take

    seconds = each x (trainings + overhead)

on one machine: `each` is what one training adds, and `overhead`, counted in trainings, what every batch costs
however few there are in it: starting up, compiling, and for each step the calls that serve all of them at
once. Small populations of a cheap environment pay mostly for the second.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

OVERHEADS = tuple(0.1 * 1.25**n for n in range(28))
"""Those that are considered, from 0.1 to 41."""
USUAL, SPREAD = 5.0, 0.9
"""The overhead that is taken until batches of other sizes tell, and the standard deviation of its logarithm:
0.2 to 2 were measured for MuJoCo's robots, 4 to 11 for classic control."""
NOISE = 0.2
"""Standard deviation of the logarithm of a batch's seconds."""
_MEMORY = 0.5
"""Weight of a batch against the one after it: other work on the machine comes and goes."""


class _Seen(NamedTuple):
    """How far a batch was at one moment."""

    seconds: float
    """Since it began."""
    trainings: float
    """Whole trainings that its steps make together."""
    length: float
    """Share of its steps that the longest of them had taken."""


@dataclass
class _Batch:
    """Trainings that overlap."""

    began: float
    """When the first of them began, in seconds."""
    taken: dict[str, float] = field(default_factory=dict)
    """What share of a whole training each has taken, the ended ones among them."""
    seen: _Seen | None = None
    """When all in progress had last come to a checkpoint: until the last of them does, steps are made that
    nobody has told of."""
    _slowest: float = 0.0

    def note(self, now: float, running: Iterable[str]) -> None:
        """Take down how far the batch is, if all of those in progress have gone on."""
        slowest = min((self.taken[job] for job in running), default=math.inf)
        if slowest > self._slowest:
            self.seen = _Seen(now - self.began, sum(self.taken.values()), max(self.taken.values()))
        self._slowest = slowest


class Pace:
    """Seconds of trainings to come, in batches."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._batches: list[_Batch] = []
        self.running: dict[str, int] = {}
        """Steps of each training in progress."""

    def start(self, job: str) -> None:
        """Note that a training begins."""
        if not self.running:
            self._batches.append(_Batch(self._clock()))
        self.running[job] = 0
        self._note(job, 0.0)

    def reach(self, job: str, steps: int, whole: int) -> None:
        """Note how many steps of `whole` a training has taken; fewer than before if it was restarted."""
        if job in self.running:
            self.running[job] = steps
            self._note(job, steps / max(whole, 1))

    def end(self, job: str, steps: int, whole: int) -> None:
        """Note that a training is over, after so many steps."""
        if self.running.pop(job, None) is not None:
            self._note(job, steps / max(whole, 1))

    def seconds(self, trainings: float, batches: float) -> float | None:
        """Return what so many whole trainings in so many batches take; None before anything is known."""
        told = [batch.seen for batch in self._batches if batch.seen is not None]
        known = [seen for seen in told if seen.seconds > 0 and seen.trainings > 0]
        if not known:
            return None
        _, overhead, each = max(self._fits(known))
        return each * (trainings + overhead * batches)

    def _note(self, job: str, share: float) -> None:
        batch = self._batches[-1]
        batch.taken[job] = share
        batch.note(self._clock(), self.running)

    @staticmethod
    def _fits(known: Sequence[_Seen]) -> Iterator[tuple[float, float, float]]:
        """Yield how likely each overhead is, as a logarithm, and what a training takes with it."""
        weights = [_MEMORY**age for age in reversed(range(len(known)))]
        for overhead in OVERHEADS:
            logs = [math.log(one.seconds / (one.trainings + overhead * one.length)) for one in known]
            mean = sum(w * log for w, log in zip(weights, logs, strict=True)) / sum(weights)
            misfit = sum(w * (log - mean) ** 2 for w, log in zip(weights, logs, strict=True))
            prior = (math.log(overhead / USUAL) / SPREAD) ** 2
            yield -misfit / NOISE**2 - prior, overhead, math.exp(mean)
