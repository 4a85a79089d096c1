"""Angles that wrap: a jump of a whole turn within a step, which no joint can make."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.typical import columns, states
from eureka_agent.trajectories.trajectory import Trajectory

_NEAR = 0.6
"""rad: so close to +pi or -pi a number stands before and after it wraps."""


def observe_wraps(trajectory: Trajectory, episode: int = 0) -> Iterator[Observation]:
    """Yield each number that goes from one end of (-pi, pi] to the other in a single step, with the first.

    Its difference over a step, and an average over it, are wrong by a turn there.
    """
    large = {name for name, array in trajectory.signals.items() if _reaches_an_end(array)}
    for name in states(trajectory) if large else ():
        if name not in large:
            continue
        values = columns(trajectory.signals[name])
        for index, steps in enumerate(_wraps(values)):
            if steps.size:
                shown = name if values.shape[1] == 1 else f"{name}[{index}]"
                times = "once" if steps.size == 1 else f"{steps.size} times"
                text = (
                    f"{shown} wraps {times} from one of +pi and -pi to the other: its differences and means "
                    "are wrong there, its sine and cosine are not."
                )
                first = int(steps[0])
                yield Observation(ObservationKind.WRAPS, text, episode=episode, steps=(first, first + 1))


def _reaches_an_end(array: np.ndarray) -> bool:
    return bool(array.size) and bool(np.abs(array).max() > np.pi - _NEAR)


def _wraps(values: np.ndarray) -> list[np.ndarray]:
    """Return for each number of `(T, d)` the steps after which it wraps."""
    before, after = values[:-1], values[1:]
    at_ends = (np.abs(np.abs(before) - np.pi) < _NEAR) & (np.abs(np.abs(after) - np.pi) < _NEAR)
    turned = at_ends & (np.sign(before) != np.sign(after))
    inside = np.all(np.abs(values) <= np.pi + 1e-5, axis=0)
    return [
        np.flatnonzero(column) if stays else np.zeros(0, int)
        for column, stays in zip(turned.T, inside, strict=True)
    ]
