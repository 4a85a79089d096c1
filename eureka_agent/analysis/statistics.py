"""Means with honest intervals, and the score that puts tasks on one scale."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

CLIP = (0.0, 3.0)
"""Bounds of the human-normalised score where it is averaged over tasks (arXiv 2310.12931)."""

ROUNDING = 1e-9
"""Means of equal numbers may lie this share of themselves apart: those of 2 and of 3 times 0.1 do."""

ERRORS_APART = 3.0
"""Standard errors that count as clear: of a dozen trainings that learned nothing none should reach it."""


class Interval(NamedTuple):
    """A mean over seeds with its two-sided Student-t interval."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        if self.n < 2:
            return f"{self.mean:.4g} (one seed)"
        return f"{self.mean:.4g} [{self.low:.4g}, {self.high:.4g}]"


class HumanNormalized(NamedTuple):
    """(method − sparse) / |human − sparse|, or why it is undefined."""

    score: float | None
    clipped: float | None
    undefined_because: str = ""


def t_interval(values: Sequence[float], level: float = 0.95) -> Interval:
    """Return the mean and its interval; without spread to estimate (n < 2) the bounds are infinite."""
    mean = statistics.fmean(values)
    if len(values) < 2:
        return Interval(mean, -math.inf, math.inf, len(values))
    from scipy import stats

    half = float(stats.t.ppf(0.5 + level / 2, len(values) - 1)) * standard_error(values)
    return Interval(mean, mean - half, mean + half, len(values))


def standard_error(values: Sequence[float]) -> float:
    """Return the standard error of the mean; needs two values."""
    return statistics.stdev(values) / math.sqrt(len(values))


def clearly_better(scores: Sequence[float], others: Sequence[float], *, sign: float = 1.0) -> bool:
    """Return whether the mean of `scores` is better than that of `others` by more than chance explains.

    `sign` is -1 where less is better. One value alone is taken as exact.
    """
    gain = sign * _apart(statistics.fmean(scores), statistics.fmean(others))
    errors = [standard_error(values) for values in (scores, others) if len(values) > 1]
    return gain > ERRORS_APART * math.hypot(*errors)


def human_normalized(
    method: Sequence[float], sparse: Sequence[float], human: Sequence[float], *, sign: float = 1.0
) -> HumanNormalized:
    """Return the human-normalised score from fitness per seed; seeds are shared, so `zip` pairs them.

    Undefined where the distance between human and sparse is below its own standard error: the ratio would
    be noise divided by noise.
    """
    if not method or not sparse or not human:
        return HumanNormalized(None, None, "a baseline is missing")
    distance = sign * _apart(statistics.fmean(human), statistics.fmean(sparse))
    pairs = [h - s for h, s in zip(human, sparse, strict=False)]
    error = standard_error(pairs) if len(pairs) > 1 else math.inf
    if distance == 0 or abs(distance) < error:
        because = f"|human − sparse| = {abs(distance):.3g} is not above its standard error {error:.3g}"
        return HumanNormalized(None, None, because)
    score = sign * (statistics.fmean(method) - statistics.fmean(sparse)) / abs(distance)
    return HumanNormalized(score, min(max(score, CLIP[0]), CLIP[1]))


def _apart(one: float, other: float) -> float:
    """Return one mean less another; 0 where only rounding makes them differ."""
    return 0.0 if math.isclose(one, other, rel_tol=ROUNDING) else one - other
