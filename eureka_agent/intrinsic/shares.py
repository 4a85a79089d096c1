"""Counted shares with the interval that so few counts allow."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """`count` of `n`."""

    count: int
    n: int

    @property
    def share(self) -> float:
        """The share itself; nan of nothing."""
        return self.count / self.n if self.n else math.nan

    def interval(self, z: float = 1.96) -> tuple[float, float]:
        """Return the Wilson score interval of `z` standard errors; from 0 to 1 of nothing.

        E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
        """
        if not self.n:
            return 0.0, 1.0
        p, n = self.share, self.n
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        if not self.n:
            return "nothing to count"
        low, high = self.interval()
        return f"{self.share:.0%} of {self.n} [{low:.0%}, {high:.0%}]"
