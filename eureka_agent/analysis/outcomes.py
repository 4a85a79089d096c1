"""How episodes ended, in one word each: the task's events where it names them, else what always shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from eureka_agent.analysis.motion import never_started, still_runs
from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.typical import Typical, columns
from eureka_agent.trajectories.ending import GENERIC, RUNNING, TERMINATED, TIME_LIMIT, UNKNOWN
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray
Bounds = Mapping[str, tuple[float | None, float | None]]
"""Least and greatest value of a signal, as its task declares them."""
Events = Mapping[str, Array]
"""On which steps each event of a task holds, bool `(T,)`."""
NO_BOUNDS: Bounds = {}

NEVER_STARTED, STUCK, FELL, OUT_OF_BOUNDS, TIMED_OUT = (
    "never started", "stuck", "fell", "out of bounds", "timed out",
)  # fmt: skip
HEIGHTS = ("height", "torso_height", "base_height", "upright")
"""Signals that say whether something stands, where a task names them so."""
FALLEN = 0.7
"""Who ends below this share of the height of the first step fell; crouching robots keep more."""
BEYOND = 1e-4
"""A value past its bound by less than this share of the range is rounding."""


@dataclass(frozen=True)
class EpisodeOutcome:
    """What became of one episode."""

    episode: int
    name: str
    length: int
    fitness: float | None
    native_return: float | None
    ended: bool


def outcome_of(trajectory: Trajectory, typical: Typical | None = None, bounds: Bounds = NO_BOUNDS) -> str:
    """Return one word or phrase for an episode's outcome.

    What the task names comes first. Of an episode without such a name: it never started, got stuck and
    stayed so until the end, left a signal's bounds, fell, ran out of time, or just ended. What random play
    or bounds would tell is left out where they are not given.
    """
    if trajectory.ending not in GENERIC:
        return trajectory.ending
    if typical is not None and never_started(trajectory, typical):
        return NEVER_STARTED
    if typical is not None and not trajectory.terminated and _stuck(trajectory, typical):
        return STUCK
    if trajectory.terminated:
        last = trajectory.length - 1
        if any(last in steps for _, steps in beyond(trajectory, bounds)):
            return OUT_OF_BOUNDS
        return FELL if _fell(trajectory) else TERMINATED
    return {TIME_LIMIT: TIMED_OUT}.get(trajectory.ending, trajectory.ending)


def outcomes(
    trajectories: Sequence[Trajectory], typical: Typical | None = None, bounds: Bounds = NO_BOUNDS
) -> list[EpisodeOutcome]:
    """Return what became of each episode, in order."""
    return [
        EpisodeOutcome(
            episode=index,
            name=outcome_of(trajectory, typical, bounds),
            length=trajectory.length,
            fitness=trajectory.fitness,
            native_return=None
            if trajectory.native_reward is None
            else float(np.sum(trajectory.native_reward, dtype=np.float64)),
            ended=trajectory.ended,
        )
        for index, trajectory in enumerate(trajectories)
    ]


def observe_outcomes(told: Sequence[EpisodeOutcome]) -> Iterator[Observation]:
    """Yield one observation an outcome, the most frequent first, with its first episode."""
    for name, count in Counter(one.name for one in told).most_common():
        these = [one for one in told if one.name == name]
        lengths = [one.length for one in these]
        scores = [one.fitness for one in these if one.fitness is not None]
        scored = f", mean fitness {fmean(scores):.4g}" if scores else ""
        text = f"{count} of {len(told)} episodes: {_worded(name)}, after {_range(lengths)} steps{scored}."
        values = {"episodes": float(count), "steps": fmean(lengths)}
        last = these[0].length - 1
        yield Observation(
            ObservationKind.OUTCOME, text, episode=these[0].episode, steps=(last, last), values=values
        )


def observe_events(events: Events, episode: int = 0) -> Iterator[Observation]:
    """Yield for each event that happened when it first did, for how long, and what became of it."""
    for name, mask in events.items():
        held = np.flatnonzero(mask)
        if not held.size:
            continue
        first, last, length = int(held[0]), int(held[-1]), len(mask)
        stayed = " and until the end" if last == length - 1 and held.size == length - first else ""
        text = f"'{name}' first at step {first}, on {held.size} of {length} steps{stayed}."
        values = {"first": float(first), "share": held.size / length}
        yield Observation(ObservationKind.EVENT, text, episode=episode, steps=(first, last), values=values)


def beyond(trajectory: Trajectory, bounds: Bounds) -> list[tuple[str, Array]]:
    """Return which signals leave their declared bounds, and on which steps."""
    found = []
    for name, (low, high) in bounds.items():
        if name not in trajectory.signals:
            continue
        values = columns(trajectory.signals[name])
        slack = BEYOND * (high - low if low is not None and high is not None else 1.0)
        outside = np.zeros(len(values), bool)
        if low is not None:
            outside |= np.any(values < low - slack, axis=1)
        if high is not None:
            outside |= np.any(values > high + slack, axis=1)
        if outside.any():
            found.append((name, np.flatnonzero(outside)))
    return found


def observe_bounds(trajectory: Trajectory, bounds: Bounds, episode: int = 0) -> Iterator[Observation]:
    """Yield which signals leave the bounds that their task declares."""
    for name, steps in beyond(trajectory, bounds):
        low, high = bounds[name]
        text = f"'{name}' lies outside its bounds ({low} to {high}) on {len(steps)} steps."
        cited = (int(steps[0]), int(steps[-1]))
        yield Observation(ObservationKind.OUT_OF_BOUNDS, text, episode=episode, steps=cited)


def _stuck(trajectory: Trajectory, typical: Typical) -> bool:
    """Tell whether a long rest lasts until the end, or nearly."""
    return any(end >= trajectory.length - 2 for _, end in still_runs(trajectory, typical))


def _fell(trajectory: Trajectory) -> bool:
    heights = [columns(trajectory.signals[name])[:, 0] for name in HEIGHTS if name in trajectory.signals]
    return any(h[0] > 0 and h[-1] < FALLEN * h[0] for h in heights)


def _worded(name: str) -> str:
    return {
        RUNNING: "still running when the recording ended",
        UNKNOWN: "it is not known how they ended (recorded by an earlier version)",
    }.get(name, name)


def _range(lengths: Sequence[int]) -> str:
    low, high = min(lengths), max(lengths)
    return f"{low}" if low == high else f"{low} to {high}"
