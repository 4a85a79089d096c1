"""Running means and deviations, one set a candidate: of observations, and of discounted returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray
CLIP = 10.0
EPSILON = 1e-8


class Moments:
    """Mean and variance of all rows seen so far (Chan's parallel update)."""

    def __init__(self, dim: int) -> None:
        self.mean, self.var, self.count = np.zeros(dim), np.ones(dim), 1e-4

    @property
    def seen(self) -> bool:
        """Whether any row was taken in."""
        return self.count >= 1

    def update(self, rows: Array) -> None:
        """Take in `(n, dim)`."""
        new = rows.mean(axis=0, dtype=np.float64), rows.var(axis=0, dtype=np.float64), len(rows)
        self.mean, self.var, self.count = merged((self.mean, self.var, self.count), new)

    def copy(self) -> Moments:
        """Return moments that no longer change with these."""
        made = Moments(len(self.mean))
        made.mean, made.var, made.count = self.mean, self.var, self.count
        return made

    def to_arrays(self) -> dict[str, Array]:
        """Return `mean` and `var`, each `(dim,)`, and `count` `()`, by name."""
        return {"mean": self.mean, "var": self.var, "count": np.array(self.count)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Array]) -> Moments:
        """Return the moments of `to_arrays`'s arrays, in its shapes; KeyError if one is missing."""
        made = cls(len(arrays["mean"]))
        made.mean, made.var, made.count = arrays["mean"], arrays["var"], float(arrays["count"])
        return made


def merged(known: tuple[Any, Any, Any], new: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
    """Return mean, variance and count of two sets of rows together; of any array library."""
    mean, var, count = known
    total = count + new[2]
    delta = new[0] - mean
    spread = var * count + new[1] * new[2] + delta * delta * count * new[2] / total
    return mean + delta * new[2] / total, spread / total, total


class ReturnScale:
    """Divides rewards by the deviation of their discounted sum, so that their scale does not matter."""

    def __init__(self, num_envs: int, gamma: float) -> None:
        self._moments = Moments(1)
        self._returns = np.zeros(num_envs)
        self._gamma = gamma

    def begin(self) -> None:
        """Forget unfinished episodes: the worlds are new ones."""
        self._returns = np.zeros_like(self._returns)

    def __call__(self, rewards: Array, done: Array) -> Array:
        """Return one rollout's rewards `(T, N)` scaled and clipped, float32; `done` ends an episode's sum."""
        history = np.empty(rewards.shape)
        going_on = ~done
        for step, row in enumerate(rewards):
            history[step] = self._returns * self._gamma + row
            self._returns = history[step] * going_on[step]
        self._moments.update(history.reshape(-1, 1))
        scaled = rewards / np.sqrt(self._moments.var + EPSILON)
        return np.clip(scaled, -CLIP, CLIP).astype(np.float32)
