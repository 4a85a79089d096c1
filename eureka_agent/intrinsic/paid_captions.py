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
    now: float
    """What the model, as it is now, pays for it."""


class PaidCaptions:
    """A bounded table of captions; called once a rollout."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._rows: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, captions: Captions, paid: Array) -> None:
        """Take note of T steps of N worlds and what was paid for them, `(T, N)`."""
        has = captions.index != NONE
        numbers = captions.index[has]
        sums = np.bincount(numbers, weights=paid[has], minlength=len(captions.texts))
        for text, count, total in zip(captions.texts, captions.counts.tolist(), sums.tolist(), strict=True):
            steps, before = self._rows.pop(text, (0, 0.0))
            self._rows[text] = (steps + count, before + total)
        while len(self._rows) > self._kept:
            del self._rows[next(iter(self._rows))]

    @property
    def texts(self) -> tuple[str, ...]:
        """The captions, those first that were not seen for longest."""
        return tuple(self._rows)

    def rows(self, now: Array) -> list[PaidCaption]:
        """Return all, the best paid first; of equals the more frequent. `now` is of each of `texts`."""
        found = (
            PaidCaption(text, steps, total / steps, float(value))
            for (text, (steps, total)), value in zip(self._rows.items(), now, strict=True)
        )
        return sorted(found, key=lambda one: (-one.now, -one.steps, one.caption))


def most_and_least(rows: Sequence[PaidCaption], each: int) -> tuple[list[PaidCaption], list[PaidCaption]]:
    """Return the best paid captions, best first, and the worst paid, worst first; none is in both."""
    each = min(each, len(rows) // 2) if len(rows) < 2 * each else each
    least: Iterable[PaidCaption] = reversed(rows[len(rows) - each :] if each else ())
    return list(rows[:each]), list(least)
