"""How far a run's trainings are, counted in steps of learning, and how long the rest will take."""

from __future__ import annotations

from collections.abc import Callable


class Pace:
    """Steps that were taken while this process watched, by training."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._began: float | None = None
        self._taken = 0
        self.running: dict[str, int] = {}
        """Steps of each training that goes on."""

    def start(self, job: str) -> None:
        """A training begins."""
        if self._began is None:
            self._began = self._clock()
        self.running[job] = 0

    def reach(self, job: str, steps: int) -> None:
        """A training has taken so many steps; fewer than before where it began anew."""
        self.running[job] = steps

    def end(self, job: str, steps: int) -> None:
        """A training is over; `steps` are those of a whole one, of which none are left."""
        if self.running.pop(job, None) is not None:
            self._taken += steps

    def left_s(self, steps: int) -> float | None:
        """Return in how many seconds `steps` more will have been taken; None before anything is known."""
        taken = self._taken + sum(self.running.values())
        if self._began is None or not taken:
            return None
        return steps * (self._clock() - self._began) / taken
