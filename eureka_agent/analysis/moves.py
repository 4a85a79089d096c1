"""What differs between two policies' behaviour: the numbers whose distribution over all steps moved most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.typical import columns
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray

MOVED = 0.3
"""Kolmogorov-Smirnov distance from which a distribution moved: steps of one episode hang together, so that
tests of independent draws would call every difference significant."""
MOST_MOVED = 5
"""As many of the largest moves are told; the rest follows from them."""


class Move(NamedTuple):
    """A number whose distribution over all steps differs between two policies."""

    name: str
    """E.g. `signal 'height'`."""
    distance: float
    """Kolmogorov-Smirnov, in [0, 1]."""
    before: float
    """Median of the first."""
    after: float

    @property
    def words(self) -> str:
        """Who moved, and from where to where."""
        return f"{self.name} median {self.before:.4g} → {self.after:.4g}"


def largest_moves(before: Sequence[Trajectory], after: Sequence[Trajectory]) -> list[Move]:
    """Return the signals and components that differ most between two policies' episodes, the largest first.

    At most `MOST_MOVED`, each by `MOVED` or more.
    """
    moves = [
        Move(name, distance(old, new), float(np.median(old)), float(np.median(new)))
        for name, (old, new) in _shared(before, after).items()
    ]
    largest = sorted(moves, key=lambda move: -move.distance)[:MOST_MOVED]
    return [move for move in largest if move.distance >= MOVED]


def observe_moves(
    parent: Sequence[Trajectory], child: Sequence[Trajectory], named: str
) -> Iterator[Observation]:
    """Yield the signals and components whose distribution over all steps moved most against the parent's."""
    for move in largest_moves(parent, child):
        text = (
            f"{move.name} moved against {named}: median {move.before:.4g} → {move.after:.4g} "
            f"(distance {move.distance:.2f} of 1)."
        )
        values = {"distance": move.distance, "before": move.before, "after": move.after}
        reason = "all recorded episodes of both"
        yield Observation(ObservationKind.MOVED, text, reason=reason, values=values)


def distance(one: Array, other: Array) -> float:
    """Return the Kolmogorov-Smirnov distance of two samples, in [0, 1]."""
    both = np.concatenate([one, other])
    below = [np.searchsorted(np.sort(sample), both, side="right") / len(sample) for sample in (one, other)]
    return float(np.max(np.abs(below[0] - below[1])))


def _shared(parent: Sequence[Trajectory], child: Sequence[Trajectory]) -> dict[str, tuple[Array, Array]]:
    """Return the numbers that both know, step by step, without those of the step before."""
    before, after = _numbers(parent), _numbers(child)
    return {name: (before[name], after[name]) for name in before if name in after}


def _numbers(trajectories: Sequence[Trajectory]) -> dict[str, Array]:
    found: dict[str, list[Array]] = {}
    for trajectory in trajectories:
        parts: Mapping[str, Array] = {
            **{f"signal '{n}'": a for n, a in trajectory.signals.items() if not n.startswith("prev_")},
            **{f"component '{n}'": a for n, a in trajectory.components.items()},
        }
        for name, array in parts.items():
            flat = columns(array)
            for index in range(flat.shape[1]):
                own = name if flat.shape[1] == 1 else f"{name[:-1]}[{index}]'"
                found.setdefault(own, []).append(flat[:, index])
    return {name: np.concatenate(pieces) for name, pieces in found.items()}
