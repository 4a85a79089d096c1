"""Whether one reward is as good as another, up to a margin that was fixed before."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from eureka_agent.analysis.statistics import Interval, t_interval

SHARE = 0.1
"""The margin, as a share of the distance between a reward and the sparse baseline."""


@dataclass(frozen=True)
class Comparison:
    """One reward against another on the same seeds."""

    difference: Interval
    """Fitness of the one less that of the other, paired by seed; positive is better in either direction."""
    margin: float
    """How much worse it may be."""

    @property
    def not_inferior(self) -> bool:
        """Whether the lower bound lies above −margin; never where the margin is 0."""
        return self.margin > 0 and self.difference.low > -self.margin

    @property
    def better(self) -> bool:
        """Whether the lower bound lies above 0."""
        return self.difference.low > 0


def margin_of(full: Sequence[float], sparse: Sequence[float], share: float = SHARE) -> float:
    """Return a share of |mean of the full reward − mean of the sparse baseline|."""
    return share * abs(statistics.fmean(full) - statistics.fmean(sparse))


def compared(one: Sequence[float], other: Sequence[float], *, sign: float, margin: float) -> Comparison:
    """Compare fitnesses, one a seed and in the same order; `sign` is −1 where less is better.

    With one seed the interval is without bounds, so that nothing is shown.
    """
    pairs = [sign * (a - b) for a, b in zip(one, other, strict=True)]
    return Comparison(t_interval(pairs), margin)
