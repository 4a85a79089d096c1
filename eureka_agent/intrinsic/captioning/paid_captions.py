"""Which captions a policy encountered, and what the model paid for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eureka_agent.intrinsic.captioning.captions import NONE, Captions
from eureka_agent.intrinsic.saving import array_of, damaged, packed, places_of, texts_of

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
        self._rows: OrderedDict[str, tuple[int, float]] = OrderedDict()

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
            self._rows.popitem(last=False)

    @property
    def texts(self) -> tuple[str, ...]:
        """The captions, those first that were not seen for longest."""
        return tuple(self._rows)

    @property
    def means(self) -> Array:
        """float64 `(len(self),)`: the mean reward of the steps of each of `texts`."""
        return np.array([total / steps for steps, total in self._rows.values()], np.float64)

    def rows(self, now: Array) -> list[PaidCaption]:
        """Return all, the best paid first; of equals the more frequent. `now` is of each of `texts`."""
        found = (
            PaidCaption(text, steps, total / steps, float(value))
            for (text, (steps, total)), value in zip(self._rows.items(), now, strict=True)
        )
        return sorted(found, key=lambda one: (-one.now, -one.steps, one.caption))

    def state_dict(self) -> dict[str, Array]:
        """Return the table."""
        rows = list(self._rows.values())
        return {
            "texts": packed(list(self._rows)),
            "steps": np.array([steps for steps, _ in rows], np.int64),
            "totals": np.array([total for _, total in rows], np.float64),
        }

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result; ConfigError if it is damaged."""
        texts = texts_of(saved, "texts")
        steps = places_of(saved, "steps", (len(texts),), 2**62)
        if not steps.all():
            raise damaged("'steps' has captions of no step")
        totals = array_of(saved, "totals", (len(texts),))
        self._rows = OrderedDict(zip(texts, zip(steps.tolist(), totals.tolist(), strict=True), strict=True))


def most_and_least(rows: Sequence[PaidCaption], each: int) -> tuple[list[PaidCaption], list[PaidCaption]]:
    """Return the best paid captions, best first, and the worst paid, worst first; none is in both.

    Of those that are paid alike the more frequent come first, at either end.
    """
    each = min(each, len(rows) // 2)
    most = list(rows[:each])
    return most, sorted(rows[each:], key=lambda one: (one.now, -one.steps, one.caption))[:each]
