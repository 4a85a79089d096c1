"""Whether a model is known to be better than chance, from labels that it did not learn from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from eureka_agent.intrinsic.shares import Share

Array = np.ndarray
CHANCE = 0.5


@dataclass(frozen=True)
class Verdict:
    """What held-out labels say of a model."""

    open: bool = False
    """Whether the model may pay: there are enough labels and `low` is above chance."""
    accuracy: float = CHANCE
    low: float = 0.0
    """Lower bound of the accuracy."""
    labels: int = 0
    """That it rests on."""

    @property
    def as_array(self) -> Array:
        """The verdict in an array, float64 `(4,)`."""
        return np.array([self.open, self.accuracy, self.low, self.labels], np.float64)

    @classmethod
    def of_array(cls, saved: Array) -> Verdict:
        """Return what `as_array` was made of."""
        opened, accuracy, low, labels = map(float, saved)
        return cls(bool(opened), accuracy, low, int(labels))


def accuracy_verdict(right: Array, *, enough: int, deviations: float) -> Verdict:
    """Return the verdict on guesses, bool `(n,)`, that chance gets right half the time."""
    trials, hits = len(right), int(right.sum())
    low = Share(hits, trials).interval(deviations)[0]
    accuracy = hits / trials if trials else CHANCE
    return Verdict(trials >= enough and low > CHANCE, accuracy, low, trials)


def balanced_verdict(
    right: Array, positive: Array, *, enough: int, of_each: int, deviations: float
) -> Verdict:
    """Return the verdict on the mean of the accuracies on positive and on negative labels, each bool `(n,)`.

    Its lower bound adds the squares of the distances to both Wilson bounds (Newcombe 1998,
    doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, for differences).
    """
    sides = [Share(int(right[side].sum()), int(side.sum())) for side in (positive, ~positive)]
    if not all(side.n for side in sides):
        return Verdict(labels=len(right))
    accuracy = sum(side.share for side in sides) / 2
    low = accuracy - math.hypot(*(side.share - side.interval(deviations)[0] for side in sides)) / 2
    counted = len(right) >= enough and min(side.n for side in sides) >= of_each
    return Verdict(counted and low > CHANCE, accuracy, low, len(right))
