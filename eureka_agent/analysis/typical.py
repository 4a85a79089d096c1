"""What random actions do to each signal in a step: the measure of what is little and what is much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from eureka_agent.analysis.columns import element_name
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
ACTION = "action"
_LEAST_CHANGE = 1e-9
"""A number that changes by less in a step of random play is a constant."""
REMEMBERED = 64
"""Episodes of which answers are kept: several questions are asked about each of a candidate's."""


@dataclass(frozen=True, eq=False)
class Typical:
    """What random play shows; every array is `(d,)`, one value for each number of the signal."""

    change: Mapping[str, Array]
    """Root mean square of a signal's change in a step."""
    action: Array
    """Root mean square of the signal `action`; empty where there is none."""

    @classmethod
    def of(cls, random_play: Sequence[Trajectory]) -> Typical | None:
        """Measure recorded random play; None where there are no two steps of one episode."""
        episodes = [episode for episode in random_play if episode.length > 1]
        if not episodes:
            return None
        change = {
            name: _size(np.concatenate([np.diff(columns(e.signals[name]), axis=0) for e in episodes]))
            for name in states(episodes[0])
            if all(name in episode.signals for episode in episodes)
        }
        actions = [columns(e.signals[ACTION]) for e in episodes if ACTION in e.signals]
        return cls(change, _size(np.concatenate(actions)) if actions else np.zeros(0))


def states(trajectory: Trajectory) -> list[str]:
    """Return the signals that tell of the world: neither `prev_` ones, nor the action under any name."""
    action = trajectory.signals.get(ACTION)
    acted = np.zeros((trajectory.length, 0)) if action is None else columns(action)
    return [
        name
        for name, array in trajectory.signals.items()
        if name != ACTION and not name.startswith("prev_") and not _shows(columns(array), acted)
    ]


def columns(array: Array) -> Array:
    """Return a signal `(T, ...)` as float64 `(T, d)`."""
    return np.asarray(array, dtype=np.float64).reshape(len(array), -1)


@lru_cache(maxsize=REMEMBERED)
def changes(trajectory: Trajectory, typical: Typical) -> tuple[Array, tuple[str, ...]]:
    """Return each number's change in each step in units of random play's, `(T - 1, d)`, and their names.

    The array is shared and must not be written to. Numbers that random play never changes are left out.
    """
    found, names = [np.zeros((max(trajectory.length - 1, 0), 0))], []
    for name, usual in typical.change.items():
        if name not in trajectory.signals:
            continue
        now = columns(trajectory.signals[name])
        if len(usual) != now.shape[1]:
            continue
        moves = usual > _LEAST_CHANGE
        found.append(np.diff(now, axis=0)[:, moves] / usual[moves])
        names += [element_name(name, int(index), now.shape[1]) for index in np.flatnonzero(moves)]
    moved = np.concatenate(found, axis=1)
    moved.flags.writeable = False
    return moved, tuple(names)


def _shows(signal: Array, acted: Array) -> bool:
    """Tell whether every number of a signal is one of the action's, at all steps; constants are nobody's."""
    varied = [other for other in acted.T if np.ptp(other) > 0]
    same = [any(np.array_equal(own, other) for other in varied) for own in signal.T]
    return bool(same) and all(same)


def _size(values: Array) -> Array:
    return np.sqrt(np.mean(np.square(values), axis=0))
