"""What a film draws beside its picture: what was paid so far, by component, and signals of safety."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
MOST_COMPONENTS = 5
MOST_LINES = 6


class Line(NamedTuple):
    """A number over the steps of an episode."""

    name: str
    values: Array
    """`(T,)`"""
    colour: str


COLOURS = ("#111111", "#0072b2", "#d55e00", "#009e73", "#aa4a88", "#7a6a00", "#2a6f97")
"""Dark enough for thin lines; beside them stand their names."""


def lines_of(trajectory: Trajectory, safety_signals: Sequence[str] = ()) -> list[Line]:
    """Return what is paid so far in all and by the components that pay or cost most, then what is known
    of the fitness so far and of the first safety signal.

    Where no reward was asked, the environment's own is shown.
    """
    found: list[tuple[str, Array]] = []
    if trajectory.reward is not None:
        found.append(("paid so far", _summed(trajectory.reward)))
    elif trajectory.native_reward is not None:
        found.append(("native reward so far", _summed(trajectory.native_reward)))
    found += _components(trajectory)
    beside: list[tuple[str, Array]] = []
    if trajectory.fitness_so_far is not None:
        beside.append(("fitness so far", trajectory.fitness_so_far.astype(np.float64)))
    for name in safety_signals:
        if name in trajectory.signals:
            sizes = np.abs(trajectory.signals[name].reshape(trajectory.length, -1)).max(axis=1)
            beside.append((f"|{name}|", sizes.astype(np.float64)))
    chosen = [*found, *beside[: max(1, MOST_LINES - len(found))]]
    return [Line(name, values, colour) for (name, values), colour in zip(chosen, COLOURS, strict=False)]


def _components(trajectory: Trajectory) -> list[tuple[str, Array]]:
    """Return what components paid so far, those that paid least together; nothing of a single one."""
    parts = trajectory.components
    most = sorted(parts, key=lambda name: -float(np.abs(parts[name]).sum()))
    if len(parts) <= MOST_COMPONENTS:
        return [(name, _summed(parts[name])) for name in most] if len(parts) > 1 else []
    own, rest = most[: MOST_COMPONENTS - 1], most[MOST_COMPONENTS - 1 :]
    together = np.sum([_summed(parts[name]) for name in rest], axis=0)
    return [*((name, _summed(parts[name])) for name in own), (f"{len(rest)} other components", together)]


def _summed(values: Array) -> Array:
    return np.cumsum(values, dtype=np.float64)
