"""A bounded table of labels that minibatches are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from eureka_agent.intrinsic.saving import Array, array_of, damaged, keys_of, packed, places_of

Key = tuple[str, ...]
"""The captions of a question."""

TIE = 0.5
"""The value of a label that says nothing."""


class Drawn(NamedTuple):
    """Some labels."""

    keys: list[Key]
    values: Array
    """float64 `(B,)`"""
    weights: Array
    """float64 `(B,)`: how much each counts."""


def is_clear(values: Array) -> Array:
    """Return which labels, `(n,)`, say anything: a tie is neither guessed nor missed."""
    return values != TIE


def sureness(values: Array) -> Array:
    """Return how much each label says, `(n,)`: 1 of yes and no, nothing of 0.5."""
    return np.abs(2 * values - 1)


def yes_share(values: Array) -> float:
    """Return how much of what labels `(n,)` say is yes; 0.5 where they say nothing."""
    sure = sureness(values)
    said = float(sure.sum())
    return float(sure[values > TIE].sum()) / said if said else TIE


class LabelTable:
    """Labels by question; of two of one question the later stands, and the oldest questions are dropped."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._keys: list[Key] = []
        self._slots: dict[Key, int] = {}
        self._values, self._weights = np.zeros(0), np.zeros(0)
        self._next = 0

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._slots

    def add(self, key: Key, value: float, weight: float = 1.0) -> bool:
        """Keep a label; return whether that changes anything."""
        slot = self._slots.get(key)
        if slot is not None and self._values[slot] == value:
            return False
        slot = self._free() if slot is None else slot
        if slot == len(self._keys):
            self._keys.append(key)
        self._keys[slot] = key
        self._slots[key] = slot
        self._values[slot], self._weights[slot] = value, weight
        return True

    def _free(self) -> int:
        if len(self._keys) < self._capacity:
            if len(self._keys) == len(self._values):
                more = min(self._capacity, max(64, 2 * len(self._values))) - len(self._values)
                self._values = np.append(self._values, np.zeros(more))
                self._weights = np.append(self._weights, np.zeros(more))
            return len(self._keys)
        slot, self._next = self._next, (self._next + 1) % self._capacity
        del self._slots[self._keys[slot]]
        return slot

    @property
    def share(self) -> float:
        """How much of what the labels say is yes; 0.5 where they say nothing."""
        return yes_share(self._values[: len(self)])

    def all(self) -> Drawn:
        """Return all labels."""
        return Drawn(list(self._keys), self._values[: len(self)], self._weights[: len(self)])

    def draw(self, rng: np.random.Generator, most: int) -> Drawn:
        """Return `most` labels drawn with replacement, or all if there are no more."""
        if len(self) <= most:
            return self.all()
        slots = rng.integers(len(self), size=most)
        return Drawn([self._keys[slot] for slot in slots], self._values[slots], self._weights[slots])

    def state_dict(self) -> dict[str, Array]:
        """Return the labels, and which is the oldest."""
        return {
            "keys": packed(self._keys),
            "values": self._values[: len(self)].copy(),
            "weights": self._weights[: len(self)].copy(),
            "next": np.array(self._next),
        }

    def load_state_dict(self, saved: Mapping[str, Array]) -> None:
        """Go on from `state_dict`'s result."""
        self._keys = keys_of(saved, "keys")
        self._slots = {key: slot for slot, key in enumerate(self._keys)}
        if len(self._slots) < len(self) or len(self) > self._capacity:
            raise damaged(f"its {len(self)} labels are not of as many questions, up to {self._capacity}")
        self._values = array_of(saved, "values", (len(self),), least=0.0, most=1.0).astype(np.float64)
        self._weights = array_of(saved, "weights", (len(self),), least=0.0).astype(np.float64)
        self._next = int(places_of(saved, "next", (), self._capacity))
