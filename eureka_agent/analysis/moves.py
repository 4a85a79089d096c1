"""What differs between two policies' behaviour: the numbers whose distribution over all steps moved most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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


def observe_moves(
    parent: Sequence[Trajectory], child: Sequence[Trajectory], named: str
) -> Iterator[Observation]:
    """Yield the signals and components whose distribution over all steps moved most against the parent's."""
    moves = [
        (distance(before, after), name, before, after)
        for name, (before, after) in _shared(parent, child).items()
    ]
    for moved, name, before, after in sorted(moves, key=lambda move: -move[0])[:MOST_MOVED]:
        if moved < MOVED:
            break
        old, new = float(np.median(before)), float(np.median(after))
        text = f"{name} moved against {named}: median {old:.4g} → {new:.4g} (distance {moved:.2f} of 1)."
        values = {"distance": moved, "before": old, "after": new}
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
