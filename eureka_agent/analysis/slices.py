"""What each component pays over the signals that it reads: slices through recorded rows, and contours.

A slice moves one number over its range and holds everything else at a recorded row; several rows show whether
others matter. Which numbers a component reads is measured, not read from its text: all are moved once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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
    reach, or left out where it fails there, too; a note says so.
    """
    asking = _Asking(pay)
    tried = asking.ask({axis.name: axis.moved(rows, axis.grid(COARSE)) for axis in axes})
    within = {axis.name: axis.within() for axis in axes if axis.name in asking.failed}
    tried |= asking.ask({name: axis.moved(rows, axis.grid(COARSE)) for name, axis in within.items()})
    known = [within.get(axis.name, axis) for axis in axes if axis.name in tried]
    notes = tuple(asking.notes(within, known))
    if not known:
        return Shapes((), notes)
    names, count = _in_order(tried[known[0].name]), len(next(iter(rows.values())))
    ranked = {name: _ranked(name, known, tried, count) for name in names}
    pairs = {name: pair for name in names if (pair := _pair(ranked[name], chosen)) is not None}
    drawn = {axis.name: axis for name in names for axis in ranked[name][:MOST_SLICES]}
    fine = asking.ask(
        {name: axis.moved(rows, axis.grid(FINE)) for name, axis in drawn.items()}
        | {_of_pair(pair): _over(pair, _median(rows)) for pair in pairs.values()}
    )
    made = [_shape(name, ranked[name], pairs.get(name), fine, tried, count) for name in names]
    return Shapes(tuple(made), notes)


class _Asking:
    """Asks about many rows at once, and about parts of them where the reward fails on the whole."""

    def __init__(self, pay: Pay) -> None:
        self._pay = pay
        self.failed: dict[str, str] = {}
        """Parts on which the reward failed at least once, and why."""

    def ask(self, wanted: Mapping[str, Signals]) -> dict[str, Mapping[str, Array]]:
        """Return what is paid for each part; those that fail are left out."""
        if not wanted:
            return {}
        try:
            return self._together(wanted)
        except RewardError as error:
            if len(wanted) == 1:
                self.failed |= dict.fromkeys(wanted, error.what)
                return {}
        return {name: paid for one in wanted for name, paid in self.ask({one: wanted[one]}).items()}

    def notes(self, within: Mapping[str, Axis], known: Sequence[Axis]) -> Iterator[str]:
        """Yield in a sentence each what became of the axes along which the reward failed."""
        for name, axis in within.items():
            ends = f"from {axis.low:.4g} to {axis.high:.4g}, where recorded steps lie; beyond that it fails"
            told = (
                f"{name} is drawn {ends}" if axis in known else f"It fails along {name}, which is not drawn"
            )
            yield f"{told}: {self.failed[name]}"

    def _together(self, wanted: Mapping[str, Signals]) -> dict[str, Mapping[str, Array]]:
        parts = list(wanted.values())
        names = {name for part in parts for name in part}
        lengths = [len(next(iter(part.values()))) for part in parts]
        paid = self._pay({name: np.concatenate([part[name] for part in parts]) for name in names})
        split = {name: np.split(values, np.cumsum(lengths)[:-1]) for name, values in paid.items()}
        return {name: {n: each[k] for n, each in split.items()} for k, name in enumerate(wanted)}


def _in_order(paid: Mapping[str, Array]) -> list[str]:
    """Return the total and the components; a single component that is the total is not told twice."""
    parts = [name for name in paid if name != TOTAL]
    if len(parts) == 1 and np.allclose(paid[parts[0]], paid[TOTAL], rtol=1e-5, atol=1e-6):
        return [TOTAL]
    return [TOTAL, *parts]


def _ranked(
    name: str, axes: Sequence[Axis], tried: Mapping[str, Mapping[str, Array]], rows: int
) -> list[Axis]:
    """Return the axes that change a component, those that change it most first."""
    size = max(float(np.abs(tried[axis.name][name]).max()) for axis in axes)
    effect = {axis.name: float(np.ptp(_lines(tried[axis.name][name], rows), axis=1).mean()) for axis in axes}
    changing = [axis for axis in axes if effect[axis.name] > NOTHING * max(size, NOTHING)]
    return sorted(changing, key=lambda axis: -effect[axis.name])


def _pair(ranked: Sequence[Axis], chosen: tuple[str, str] | None) -> tuple[Axis, Axis] | None:
    """Return the two axes of a component's contour, if it has one."""
    known = {axis.name: axis for axis in ranked}
    if chosen is not None and known.keys() >= set(chosen):
        return known[chosen[0]], known[chosen[1]]
    return (ranked[0], ranked[1]) if len(ranked) == 2 and "choice" not in {a.kind for a in ranked} else None


def _of_pair(pair: tuple[Axis, Axis]) -> str:
    return f"{pair[0].name} and {pair[1].name}"


def _over(pair: tuple[Axis, Axis], row: Signals) -> Signals:
    across, up = pair
    return across.moved(up.moved(row, up.grid(CONTOUR)), across.grid(CONTOUR))


def _median(rows: Signals) -> Signals:
    middle = len(next(iter(rows.values()))) // 2
    return {name: array[middle : middle + 1] for name, array in rows.items()}


def _lines(paid: Array, rows: int) -> Array:
    return paid.reshape(rows, -1)


def _shape(
    name: str,
    ranked: Sequence[Axis],
    pair: tuple[Axis, Axis] | None,
    fine: Mapping[str, Mapping[str, Array]],
    tried: Mapping[str, Mapping[str, Array]],
    rows: int,
) -> Shape:
    reads = tuple(axis.name for axis in ranked)
    if not ranked:
        return Shape(name, (), constant=float(next(iter(tried.values()))[name][0]))
    slices = tuple(
        Slice(axis, axis.grid(FINE), _lines(fine[axis.name][name], rows))
        for axis in ranked[:MOST_SLICES]
        if axis.name in fine
    )
    contour = None
    if pair is not None and _of_pair(pair) in fine:
        across, up = pair
        x, y = across.grid(CONTOUR), up.grid(CONTOUR)
        contour = Contour(across, up, x, y, fine[_of_pair(pair)][name].reshape(len(y), len(x)))
    return Shape(name, reads, slices, contour)
