"""Means and deviations of everything that has been seen, without keeping it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from eureka_agent.intrinsic.saving import Array, array_of

_LEAST = 1e-8
"""Deviations below this are none: the column is constant."""


class RunningMoments:
    """Of each column by itself; what is not finite is left out (Chan, Golub and LeVeque 1983)."""

    def __init__(self, columns: int) -> None:
        self._counts = np.zeros(columns)
        self._means, self._squares = np.zeros(columns), np.zeros(columns)
        """`_squares` are sums of squared distances from the mean."""

    def __len__(self) -> int:
        """How many columns there are."""
        return len(self._counts)

    def add(self, rows: Array) -> None:
        """Take in rows, `(n, columns)`."""
        rows = np.asarray(rows, np.float64)
        known = np.isfinite(rows)
        counts = known.sum(axis=0)
        safe = np.maximum(counts, 1)
        means = np.where(known, rows, 0.0).sum(axis=0) / safe
        squares = np.where(known, rows - means, 0.0)
        squares = (squares**2).sum(axis=0)
        both = np.maximum(self._counts + counts, 1)
        apart = means - self._means
        self._squares += np.where(counts > 0, squares + apart**2 * self._counts * counts / both, 0.0)
        self._means += np.where(counts > 0, apart * counts / both, 0.0)
        self._counts += counts

    @property
    def deviations(self) -> Array:
        """float64 `(columns,)`; 0 where all that was seen is the same."""
        found = np.sqrt(self._squares / np.maximum(self._counts, 1))
        return np.where(found > _LEAST * np.maximum(1.0, np.abs(self._means)), found, 0.0)

    def normalised(self, rows: Array, clip: float) -> Array:
        """Return rows `(n, columns)` in deviations from the mean, float32 from `-clip` to `clip`.

        What is not finite, and what is in a constant column, is 0.
        """
        deviations = self.deviations
        away = self.filled(rows) - self._means
        return np.clip(away / np.where(deviations > 0, deviations, np.inf), -clip, clip).astype(np.float32)

    def filled(self, rows: Array) -> Array:
        """Return rows `(n, columns)`, float32, with the column's mean where something is not finite."""
        rows = np.asarray(rows, np.float32)
        return np.where(np.isfinite(rows), rows, self._means.astype(np.float32))

    def state_dict(self) -> dict[str, Array]:
        """Return counts, means and sums of squares."""
        return {"moments": np.stack([self._counts, self._means, self._squares])}

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is damaged."""
        moments = array_of(saved, "moments", (3, len(self))).astype(np.float64)
        array_of({"moments": moments[[0, 2]]}, "moments", least=0.0)
        self._counts, self._means, self._squares = moments
