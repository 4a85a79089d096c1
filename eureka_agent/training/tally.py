"""Means of rewards and their components between two checkpoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

Array = np.ndarray


class RewardTally:
    """Mean reward and components per step since the last `take`."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = defaultdict(float)
        self._steps = 0

    def add(self, reward: Array, components: Mapping[str, Array]) -> None:
        """Add rewards and components of equal shape, e.g. `(T, N)`."""
        self._steps += reward.size
        self._sums["reward"] += float(reward.sum(dtype=np.float64))
        for name, values in components.items():
            self._sums[f"component/{name}"] += float(values.sum(dtype=np.float64))

    def take(self) -> dict[str, float]:
        """Return the means and start again; empty where no step was taken."""
        means = {name: total / self._steps for name, total in self._sums.items()} if self._steps else {}
        self._sums.clear()
        self._steps = 0
        return means
