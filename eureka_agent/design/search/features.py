"""What can be measured of a task, one number a world at a time: the ground that search terms stand on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eureka_agent.tasks.task import Signal

ACTION = "action"
"""Every task's action signal has this name."""

Ranges = Mapping[str, tuple[Any, Any, Any]]
"""Signal name to (low, high, standard deviation) as observed, e.g. under random actions: numbers, or arrays
of the signal's shape."""

_MOST_ELEMENTS = 64
"""Elements of one signal that search looks at singly."""


@dataclass(frozen=True)
class Feature:
    """One number a world: a scalar signal, an element of a vector, or (index "norm") a vector's length."""

    signal: str
    index: tuple[int, ...] | str
    unit: str
    low: float | None
    """Declared or observed range; None where neither is known."""
    high: float | None
    scale: float
    """Typical size of its variation, positive."""
    spread: float
    """How far apart sensible targets may lie: half the range, or twice the scale."""

    @property
    def name(self) -> str:
        """A Python name, e.g. `obs_2`, `position`, `velocity_norm`."""
        if self.index == "norm":
            return f"{self.signal}_norm"
        return "_".join([self.signal, *map(str, self.index)])

    @property
    def middle(self) -> float:
        """The middle of the range, 0 where none is known."""
        return 0.0 if self.low is None or self.high is None else (self.low + self.high) / 2


def features_of(signals: Sequence[Signal], ranges: Ranges | None = None) -> tuple[Feature, ...]:
    """Return the features of every signal (not of `prev_` ones), the elements of large ones thinned out."""
    found: list[Feature] = []
    for signal in signals:
        observed = (ranges or {}).get(signal.name)
        for index in _indices(signal.shape):
            found.append(_element(signal, index, observed))
        if len(signal.shape) == 1 and signal.shape[0] > 1:
            found.append(_norm(signal, found[-len(_indices(signal.shape)) :]))
    return tuple(found)


def _indices(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    size = math.prod(shape)
    flat = range(size) if size <= _MOST_ELEMENTS else np.linspace(0, size - 1, _MOST_ELEMENTS).astype(int)
    return [
        tuple(int(i) for i in np.unravel_index(int(position), shape)) if shape else () for position in flat
    ]


def _element(signal: Signal, index: tuple[int, ...], observed: tuple[Any, Any, Any] | None) -> Feature:
    low, high, deviation = signal.low, signal.high, None
    if observed is not None:
        seen_low, seen_high, deviation = (_pick(value, signal.shape, index) for value in observed)
        low = seen_low if low is None or not _usable(low) else low
        high = seen_high if high is None or not _usable(high) else high
    if low is None or high is None or not (_usable(low) and _usable(high) and low < high):
        low = high = None
    half = (high - low) / 2 if low is not None and high is not None else None
    scale = deviation if deviation is not None and 1e-6 < deviation < 1e6 else None
    if scale is None:
        scale = half / 2 if half is not None else 1.0
    elif half is not None:
        scale = min(scale, half)
    return Feature(signal.name, index, signal.unit, low, high, scale, half if half is not None else 2 * scale)


def _norm(signal: Signal, elements: Sequence[Feature]) -> Feature:
    root = math.sqrt(len(elements))
    scale = max(element.scale for element in elements) * root
    sizes = [max(abs(e.low), abs(e.high)) for e in elements if e.low is not None and e.high is not None]
    high = max(sizes) * root if len(sizes) == len(elements) else None
    low = 0.0 if high is not None else None
    return Feature(signal.name, "norm", signal.unit, low, high, scale, high / 2 if high else 2 * scale)


def _pick(value: Any, shape: tuple[int, ...], index: tuple[int, ...]) -> float:
    return float(np.broadcast_to(np.asarray(value, dtype=np.float64), shape)[index])


def _usable(value: float) -> bool:
    """Say whether a bound tells anything: some environments declare 1e38 and mean "none"."""
    return math.isfinite(value) and abs(value) < 1e6
