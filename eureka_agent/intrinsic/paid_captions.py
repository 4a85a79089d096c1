"""Which captions a policy encountered, and what the model paid for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from eureka_agent.intrinsic.captions import NONE, Captions

Array = np.ndarray
KEPT = 20_000
"""Captions that are remembered; those not seen for longest are forgotten first."""


@dataclass(frozen=True)
class PaidCaption:
    """One caption."""

    caption: str
    steps: int
    """Steps that had it."""
    paid: float
    """Mean reward of those steps, before counts and coefficients."""
    lately: float
    """Mean reward of those of the last rollout that had it."""


class PaidCaptions:
    """A bounded table of captions; called once a rollout."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._rows: dict[str, tuple[int, float, float]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, captions: Captions, paid: Array) -> None:
        """Take note of T steps of N worlds and what was paid for them, `(T, N)`."""
        has = captions.index != NONE
        numbers = captions.index[has]
        sums = np.bincount(numbers, weights=paid[has], minlength=len(captions.texts))
        for text, count, total in zip(captions.texts, captions.counts.tolist(), sums.tolist(), strict=True):
            steps, before, _ = self._rows.pop(text, (0, 0.0, 0.0))
            self._rows[text] = (steps + count, before + total, total / count)
        while len(self._rows) > self._kept:
            del self._rows[next(iter(self._rows))]

    def rows(self) -> list[PaidCaption]:
        """Return all, the best paid lately first; of equals the more frequent."""
        found = (PaidCaption(text, n, total / n, lately) for text, (n, total, lately) in self._rows.items())
        return sorted(found, key=lambda one: (-one.lately, -one.steps, one.caption))


def most_and_least(rows: Sequence[PaidCaption], each: int) -> tuple[list[PaidCaption], list[PaidCaption]]:
    """Return the best paid captions, best first, and the worst paid, worst first; none is in both."""
    each = min(each, len(rows) // 2) if len(rows) < 2 * each else each
    least: Iterable[PaidCaption] = reversed(rows[len(rows) - each :] if each else ())
    return list(rows[:each]), list(least)
