"""Along what a reward can be looked at: one number that it reads, over its range, with all else held.

A signal and its `prev_` value move together, so that what happened in the step stays as it was recorded: a
robot that jumps by half its range within a step is never met. How the reward depends on the step itself is an
axis of its own, `x - prev_x`, along which `prev_x` alone moves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from eureka_agent.analysis.columns import element_name
from eureka_agent.tasks.task import PROGRESS, Signal, Signals, Task

Array = np.ndarray
Kind = Literal["level", "change", "choice", "progress"]
PREVIOUS = "prev_"
MOST_AXES = 400
"""More elements are not tried: an observation may have thousands."""
WIDENED = 0.1
"""What is seen of a signal beyond its recorded range where nobody declared one, as a share of it."""
DECLARED = 10.0
"""A declared range is taken unless it is so many times as wide as the recorded one."""


@dataclass(frozen=True)
class Axis:
    """One number that a reward reads."""

    name: str
    """As `--signals` calls it: `speed`, `obs[3]`, `speed - prev_speed`."""
    signal: str
    element: int
    """Its place in the flattened signal."""
    kind: Kind
    low: float
    high: float
    usual: tuple[float, float]
    """Between which 90 % of the recorded steps lie."""
    unit: str = ""
    whole: bool = False
    """Only whole numbers mean something."""

    def grid(self, points: int) -> Array:
        """Return at most so many values from one end to the other."""
        if self.whole:
            values = np.arange(math.ceil(self.low), math.floor(self.high) + 1)
            return values[np.unique(np.linspace(0, len(values) - 1, points).round().astype(int))]
        return np.linspace(self.low, self.high, points)

    def within(self) -> Axis:
        """Return the axis as far as most recorded steps reach."""
        low, high = self.usual
        return replace(self, low=low, high=high if high > low else low + 1e-6)

    def moved(self, rows: Signals, values: Array) -> Signals:
        """Return each of K rows at each of G values: arrays `(K * G, ...)`, the values of a row in turn."""
        made = {name: np.repeat(array, len(values), axis=0) for name, array in rows.items()}
        count = len(next(iter(rows.values())))
        wanted = np.tile(values, count)
        if self.kind == "progress":
            return made | {PROGRESS.name: wanted.astype(np.float32)}
        flat = made[self.signal].reshape(len(wanted), -1)
        if self.kind == "choice":
            flat[:] = np.arange(flat.shape[1]) == wanted[:, None]
            return made
        previous = made.get(PREVIOUS + self.signal)
        if self.kind == "change" and previous is not None:
            previous.reshape(len(wanted), -1)[:, self.element] = flat[:, self.element] - wanted
            return made
        if previous is not None:
            previous.reshape(len(wanted), -1)[:, self.element] += (wanted - flat[:, self.element]).astype(
                previous.dtype
            )
        flat[:, self.element] = wanted
        return made


def axes_of(task: Task, read: Sequence[str], recorded: Signals) -> list[Axis]:
    """Return the axes of a reward that reads these signals; `recorded` are steps `(rows, ...)`.

    At most `MOST_AXES`, in the order in which they are read.
    """
    signals = {signal.name: signal for signal in task.readable_signals}
    return [axis for name in read for axis in _of(signals[name], read, recorded)][:MOST_AXES]


def _of(signal: Signal, read: Sequence[str], recorded: Signals) -> Iterator[Axis]:
    if signal.name == PROGRESS.name and signal.name not in recorded:
        yield Axis(signal.name, signal.name, 0, "progress", 0.0, 1.0, (0.0, 1.0))
        return
    now = signal.name.removeprefix(PREVIOUS)
    if signal.name != now and now in read:
        if signal.dtype == "float32" and not _chosen(recorded[now]):
            yield from _changes(signal, now, recorded)
        return
    values = _flat(recorded[signal.name])
    count = values.shape[1]
    if _chosen(values):
        usual = (0.0, count - 1.0)
        yield Axis(signal.name, signal.name, 0, "choice", *usual, usual, whole=True)
        return
    for place in range(count):
        low, high, unit = _declared(signal, place)
        column = values[:, place]
        name = element_name(signal.name, place, count)
        ends = _range(column, low, high)
        yield Axis(
            name, signal.name, place, "level", *ends, _usual(column), unit, whole=signal.dtype == "int32"
        )


def _changes(previous: Signal, now: str, recorded: Signals) -> Iterator[Axis]:
    changes = _flat(recorded[now]) - _flat(recorded[previous.name])
    count = changes.shape[1]
    for place in range(count):
        names = [element_name(name, place, count) for name in (now, previous.name)]
        ends = _range(changes[:, place], None, None)
        yield Axis(" - ".join(names), now, place, "change", *ends, _usual(changes[:, place]), previous.unit)


def _flat(values: Array) -> Array:
    return values.reshape(len(values), -1).astype(np.float64)


def _chosen(values: Array) -> bool:
    """Tell whether rows are choices: exactly one number of each is 1, the others 0."""
    flat = _flat(values)
    return flat.shape[1] > 1 and bool(np.isin(flat, (0.0, 1.0)).all() and (flat.sum(axis=1) == 1.0).all())


def _declared(signal: Signal, place: int) -> tuple[float | None, float | None, str]:
    if place < len(signal.elements):
        element = signal.elements[place]
        return element.low, element.high, element.unit or signal.unit
    return signal.low, signal.high, signal.unit


def _usual(values: Array) -> tuple[float, float]:
    low, high = np.quantile(values, (0.05, 0.95))
    return float(low), float(high)


def _range(values: Array, low: float | None, high: float | None) -> tuple[float, float]:
    """Return from where to where a number is drawn: as declared, or as recorded and a little beyond."""
    least, most = float(values.min()), float(values.max())
    span = most - least
    if low is not None and high is not None and low < high and high - low <= DECLARED * span:
        return low, high
    room = WIDENED * span or 0.5 * max(abs(least), 1.0)
    least, most = least - room, most + room
    least = least if low is None or not math.isfinite(low) else max(least, low)
    most = most if high is None or not math.isfinite(high) else min(most, high)
    return (least, most) if least < most else (least - 0.5, least + 0.5)
