"""What each component pays over the signals that it reads: slices through recorded rows, and contours.

A slice moves one number over its range and holds everything else at a recorded row; several rows show whether
others matter. Which numbers a component reads is measured, not read from its text: all are moved once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from eureka_agent.analysis.axes import Axis
from eureka_agent.errors import RewardError
from eureka_agent.tasks.task import Signals

Array = np.ndarray
TOTAL = "reward"
ROWS = 9
"""Recorded rows of a slice, the middle one of median reward."""
COARSE, FINE, CONTOUR = 9, 61, 36
"""Values at which a number is tried, drawn in a slice, and drawn on each side of a contour."""
MOST_SLICES = 4
"""Numbers that are drawn of a component, those of the largest effect."""
NOTHING = 1e-6
"""An effect below that share of what the component pays is rounding."""

Pay = Callable[[Signals], Mapping[str, Array]]
"""Returns what is paid for rows `(N, ...)`: the total and each component by name, `(N,)`.

Raises RewardError where the reward fails on them."""


@dataclass(frozen=True, eq=False)
class Slice:
    """One component along one axis."""

    axis: Axis
    values: Array
    """`(G,)`."""
    lines: Array
    """What is paid, `(ROWS, G)`; of the rows in order of their reward."""

    @property
    def median(self) -> Array:
        """The line of the row of median reward, `(G,)`."""
        return self.lines[len(self.lines) // 2]


@dataclass(frozen=True, eq=False)
class Contour:
    """One component over two axes, all else as in the row of median reward."""

    across: Axis
    up: Axis
    x: Array
    y: Array
    paid: Array
    """`(len(y), len(x))`."""


@dataclass(frozen=True, eq=False)
class Shape:
    """How one component depends on what it reads."""

    name: str
    reads: tuple[str, ...]
    """Axes that change it, those of the largest effect first."""
    slices: tuple[Slice, ...] = ()
    contour: Contour | None = None
    constant: float | None = None
    """What it always pays, where nothing changes it."""


@dataclass(frozen=True)
class Shapes:
    """All components, the total first."""

    shapes: tuple[Shape, ...]
    notes: tuple[str, ...] = ()
    """What could not be drawn and why, each a sentence."""


def rows_of_reward(reward: Array, count: int = ROWS) -> Array:
    """Return places of steps `(count,)` whose rewards lie evenly from the least to the most."""
    order = np.argsort(reward, kind="stable")
    return order[np.linspace(0, len(order) - 1, count).round().astype(int)]


def shapes_of(pay: Pay, rows: Signals, axes: Sequence[Axis], chosen: tuple[str, str] | None = None) -> Shapes:
    """Return slices and contours of all components through `rows`, each `(ROWS, ...)`, in two calls of `pay`.

    A component that both of `chosen`, by name, change gets a contour over them, any other one that exactly
    two axes change one over those. An axis along which the reward fails is shown as far as recorded steps
    reach, or left out where it fails there, too, as is a contour; notes say so. Another one says where no
    component depends on both of `chosen`.
    """
    asking = _Asking(pay)
    tried = asking.ask([_Part((axis,), rows, COARSE) for axis in axes])
    known = [tried[axis.name].part.axes[0] for axis in axes if axis.name in tried]
    if not known:
        return Shapes((), tuple(asking.notes.values()))
    names, count = _in_order(tried[known[0].name].paid), len(next(iter(rows.values())))
    ranked = {name: _ranked(name, known, tried, count) for name in names}
    pairs = {name: pair for name in names if (pair := _pair(ranked[name], chosen)) is not None}
    drawn = {axis.name: axis for name in names for axis in ranked[name][:MOST_SLICES]}
    along = [_Part((axis,), rows, FINE) for axis in drawn.values()]
    fine = asking.ask(
        [*along, *(_Part(pair, _median(rows), CONTOUR) for pair in dict.fromkeys(pairs.values()))]
    )
    made = tuple(_shape(name, ranked[name], pairs.get(name), fine, tried, count) for name in names)
    return Shapes(made, (*_unshared(chosen, known, made), *asking.notes.values()))


@dataclass(frozen=True, eq=False)
class _Part:
    """Rows at values of one axis, or at those of two."""

    axes: tuple[Axis, ...]
    rows: Signals
    points: int

    @property
    def name(self) -> str:
        return _joined(self.axes)

    def moved(self) -> Signals:
        """Return every row at every value; those of the first axis follow each other."""
        rows = self.rows
        for axis in reversed(self.axes):
            rows = axis.moved(rows, axis.grid(self.points))
        return rows

    def within(self) -> _Part:
        """Return it as far as most recorded steps reach."""
        return replace(self, axes=tuple(axis.within() for axis in self.axes))


class _Answer(NamedTuple):
    part: _Part
    """As much of it as the reward does not fail on."""
    paid: Mapping[str, Array]


class _Asking:
    """Asks about many rows at once, and about parts of them where the reward fails on the whole."""

    def __init__(self, pay: Pay) -> None:
        self._pay = pay
        self._why: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        """In a sentence each, what became of the parts on which the reward failed."""

    def ask(self, parts: Sequence[_Part]) -> dict[str, _Answer]:
        """Return by name what is paid for each part, or for as much of it as recorded steps reach.

        Those that fail there, too, are left out.
        """
        found = self._answers(parts)
        narrower = [part.within() for part in parts if part.name not in found]
        found |= self._answers(narrower)
        for part in narrower:
            told = _narrowed(part) if part.name in found else _left_out(part)
            self.notes[part.name] = f"{told}: {self._why[part.name]}"
        return found

    def _answers(self, parts: Sequence[_Part]) -> dict[str, _Answer]:
        if not parts:
            return {}
        try:
            return self._together(parts)
        except RewardError as error:
            if len(parts) == 1:
                self._why[parts[0].name] = error.what
                return {}
        return {name: answer for part in parts for name, answer in self._answers([part]).items()}

    def _together(self, parts: Sequence[_Part]) -> dict[str, _Answer]:
        moved = [part.moved() for part in parts]
        names = {name for rows in moved for name in rows}
        lengths = [len(next(iter(rows.values()))) for rows in moved]
        paid = self._pay({name: np.concatenate([rows[name] for rows in moved]) for name in names})
        split = {name: np.split(values, np.cumsum(lengths)[:-1]) for name, values in paid.items()}
        return {
            part.name: _Answer(part, {n: each[k] for n, each in split.items()})
            for k, part in enumerate(parts)
        }


def _joined(axes: Sequence[Axis]) -> str:
    return " and ".join(axis.name for axis in axes)


def _narrowed(part: _Part) -> str:
    beyond = "where recorded steps lie; beyond that it fails"
    if len(part.axes) == 1:
        (axis,) = part.axes
        return f"{axis.name} is drawn from {axis.low:.4g} to {axis.high:.4g}, {beyond}"
    return f"The contour over {part.name} is drawn {beyond}"


def _left_out(part: _Part) -> str:
    if len(part.axes) == 1:
        return f"It fails along {part.name}, which is not drawn"
    return f"It fails over {part.name}, so that there is no contour over them"


def _unshared(
    chosen: tuple[str, str] | None, known: Sequence[Axis], shapes: Sequence[Shape]
) -> Iterator[str]:
    """Yield that nothing depends on both of `chosen`, if both were tried and that is so."""
    if chosen is None or not {axis.name for axis in known} >= set(chosen):
        return
    if not any(set(chosen) <= set(shape.reads) for shape in shapes):
        yield f"No component depends on both {chosen[0]} and {chosen[1]}: there is no contour over them."


def _in_order(paid: Mapping[str, Array]) -> list[str]:
    """Return the total and the components; a single component that is the total is not told twice."""
    parts = [name for name in paid if name != TOTAL]
    if len(parts) == 1 and np.allclose(paid[parts[0]], paid[TOTAL], rtol=1e-5, atol=1e-6):
        return [TOTAL]
    return [TOTAL, *parts]


def _ranked(name: str, axes: Sequence[Axis], tried: Mapping[str, _Answer], rows: int) -> list[Axis]:
    """Return the axes that change a component, those that change it most first."""
    size = max(float(np.abs(tried[axis.name].paid[name]).max()) for axis in axes)
    effect = {
        axis.name: float(np.ptp(_lines(tried[axis.name].paid[name], rows), axis=1).mean()) for axis in axes
    }
    changing = [axis for axis in axes if effect[axis.name] > NOTHING * max(size, NOTHING)]
    return sorted(changing, key=lambda axis: -effect[axis.name])


def _pair(ranked: Sequence[Axis], chosen: tuple[str, str] | None) -> tuple[Axis, Axis] | None:
    """Return the two axes of a component's contour, if it has one."""
    known = {axis.name: axis for axis in ranked}
    if chosen is not None and known.keys() >= set(chosen):
        return known[chosen[0]], known[chosen[1]]
    return (ranked[0], ranked[1]) if len(ranked) == 2 and "choice" not in {a.kind for a in ranked} else None


def _median(rows: Signals) -> Signals:
    middle = len(next(iter(rows.values()))) // 2
    return {name: array[middle : middle + 1] for name, array in rows.items()}


def _lines(paid: Array, rows: int) -> Array:
    return paid.reshape(rows, -1)


def _shape(
    name: str,
    ranked: Sequence[Axis],
    pair: tuple[Axis, Axis] | None,
    fine: Mapping[str, _Answer],
    tried: Mapping[str, _Answer],
    rows: int,
) -> Shape:
    if not ranked:
        return Shape(name, (), constant=float(next(iter(tried.values())).paid[name][0]))
    drawn = (fine[axis.name] for axis in ranked[:MOST_SLICES] if axis.name in fine)
    over = None if pair is None else fine.get(_joined(pair))
    return Shape(
        name,
        tuple(axis.name for axis in ranked),
        tuple(_slice(name, answer, rows) for answer in drawn),
        None if over is None else _contour(name, over),
    )


def _slice(name: str, answer: _Answer, rows: int) -> Slice:
    (axis,) = answer.part.axes
    return Slice(axis, axis.grid(FINE), _lines(answer.paid[name], rows))


def _contour(name: str, answer: _Answer) -> Contour:
    across, up = answer.part.axes
    x, y = across.grid(CONTOUR), up.grid(CONTOUR)
    return Contour(across, up, x, y, answer.paid[name].reshape(len(y), len(x)))
