"""From numbers to places on an axis, with round numbers to write beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
"""First digits of the distances between ticks."""
FAR = 3.0
"""Scores farther from the middle half of all than so many times its width are drawn at the edge."""
THOUSAND, MILLION = 999.5, 1e6
"""Between these a number is written out; three digits of 999.5 would be 1e+03."""


@dataclass(frozen=True)
class Scale:
    """Where values from `low` to `high` lie between `start` and `end`, in units of a drawing."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def of(cls, values: Iterable[float], start: float, end: float, room: float = 0.06) -> Scale:
        """Return a scale that holds all values, with a share `room` of their range left on both sides."""
        known = list(values) or [0.0]
        low, high = min(known), max(known)
        spare = room * (high - low) or max(abs(low), 1.0) * 0.5
        return cls(low - spare, high + spare, start, end)

    def __call__(self, value: float) -> float:
        """Return the place of a value; of one outside the scale, the edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Tell whether a value lies within the scale."""
        return self.low <= value <= self.high

    def ticks(self, most: int = 5) -> list[float]:
        """Return round values within the scale, about so many."""
        rough = (self.high - self.low) / most
        unit = 10.0 ** math.floor(math.log10(rough))
        step = unit * next(first for first in ROUND if first * unit >= rough * 0.999)
        first = math.ceil(self.low / step)
        return [step * place for place in range(first, math.floor(self.high / step) + 1)]


def without_outliers(values: Sequence[float], kept: Sequence[float]) -> list[float]:
    """Return the values that a scale should hold: all of `kept`, and others unless they lie far outside.

    One ruined training must not press all others into a line.
    """
    if len(values) < 5:
        return [*values, *kept]
    first, _, third = quantiles(values, n=4, method="inclusive")
    near = FAR * max(third - first, (max(kept) - min(kept)) if kept else 0.0)
    if not near:
        return [*values, *kept]
    return [*kept, *(value for value in values if first - near <= value <= third + near)]


def thinned(values: Sequence[float], most: int = 200) -> list[tuple[float, float]]:
    """Return points of a curve, x from 0 to 1, of which at most about `most` are kept."""
    last = len(values) - 1
    every = max(1, -(-len(values) // most))
    places = [place for place in range(len(values)) if place % every == 0 or place == last]
    return [(place / max(last, 1), float(values[place])) for place in places]


def short(value: float) -> str:
    """Return a number for an axis: three digits, thousands written out, and no negative zero."""
    if THOUSAND <= abs(value) < MILLION:
        return f"{value:,.0f}"
    return f"{value + 0.0:.3g}"
