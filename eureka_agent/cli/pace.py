"""Progress of a run's trainings, counted in training steps, and the time left."""

from __future__ import annotations

from collections.abc import Callable


class Pace:
    """Steps taken while this process watched, by training."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._began: float | None = None
        self._taken = 0
        self.running: dict[str, int] = {}
        """Steps of each training in progress."""

    def start(self, job: str) -> None:
        """Note that a training begins."""
        if self._began is None:
            self._began = self._clock()
        self.running[job] = 0

    def reach(self, job: str, steps: int) -> None:
        """Note how many steps a training has taken; fewer than before if it was restarted."""
        self.running[job] = steps

    def end(self, job: str, steps: int) -> None:
        """Note that a training is over; `steps` is the length of a whole one, none of it left."""
        if self.running.pop(job, None) is not None:
            self._taken += steps

    def left_s(self, steps: int) -> float | None:
        """Return the estimated seconds for `steps` more; None before anything is known."""
        taken = self._taken + sum(self.running.values())
        if self._began is None or not taken:
            return None
        return steps * (self._clock() - self._began) / taken
