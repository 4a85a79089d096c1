"""How far a person's own training is, for a reward that reads `progress`: counted in steps, or told."""

from __future__ import annotations

import math

from eureka_agent.errors import RewardError


class TrainingProgress:
    """From 0 to 1: steps so far of `total_steps`, until somebody tells another value."""

    def __init__(self, total_steps: int | None) -> None:
        """Raise RewardError if `total_steps` is no positive number; None where it will be told."""
        if total_steps is not None and not (math.isfinite(total_steps) and total_steps > 0):
            raise RewardError(
                f"A training of {total_steps} steps has no progress.",
                allowed="total_steps of 1 or more",
                fix="Give the number of steps that the training will take, e.g. total_steps=1_000_000.",
            )
        self._total, self._steps = total_steps, 0
        self._told: float | None = None

    @property
    def known(self) -> bool:
        """Whether there is a number of steps to count to, or a value that was told."""
        return self._total is not None or self._told is not None

    @property
    def value(self) -> float:
        """Progress before the next step; it must be known."""
        if self._told is not None:
            return self._told
        assert self._total is not None
        return min(1.0, self._steps / self._total)

    def count(self, steps: int) -> None:
        """Take note of steps that were taken."""
        self._steps += steps

    def tell(self, value: float) -> None:
        """Use this value from now on; raises RewardError if it is not from 0 to 1."""
        if not 0.0 <= value <= 1.0:
            raise RewardError(
                f"The progress of a training cannot be {value}.",
                allowed="a number from 0 (it begins) to 1 (it ends)",
                fix="Divide the steps so far by all steps of the training.",
            )
        self._told = float(value)
