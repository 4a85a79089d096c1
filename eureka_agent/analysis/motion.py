"""Standing still, being stuck and trembling: what an episode's signals do from step to step."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from eureka_agent.analysis.observation import Observation, ObservationKind
from eureka_agent.analysis.typical import ACTION, REMEMBERED, Typical, changes, columns
from eureka_agent.tasks.scoring import runs
from eureka_agent.trajectories.trajectory import Trajectory

Array = np.ndarray

STILL_CHANGE = 0.1
"""A number is at rest while it changes by less than a tenth of what it changes under random actions."""
RESTING_SHARE = 0.75
"""A step is still if three quarters of the numbers rest: motors may tremble while the body does not move."""
LEAST_STEPS = 10
"""Shorter rests and tremors belong to every movement."""
LEAST_SHARE = 0.25
"""A rest or tremor shorter than this share of its episode is no way of behaving."""
NEVER_STARTED_SHARE = 0.9
"""Who rests from the first steps on for so long never started."""
ACTING = 0.1
"""Actions of less than a tenth of random ones count as none."""
BLOCK = 20
"""Steps over which turns back are counted: fewer say little, more hide short tremors."""
REVERSALS = 0.7
"""A number trembles if it turns back in so many of its steps: random steps do so in half of them."""
RETURNED = 0.2
"""And if what is left of its way at the end of a block is less than this share of it."""
LEAST_SWING = STILL_CHANGE
"""And if it moves at all."""
TREMBLING_SHARE = 0.5
"""More than half of the numbers must tremble: velocities alone do so under any bang-bang control."""


@lru_cache(maxsize=REMEMBERED)
def still_runs(trajectory: Trajectory, typical: Typical) -> tuple[tuple[int, int], ...]:
    """Return the long rests of an episode as first and last step, longest first."""
    moved, _ = changes(trajectory, typical)
    if not moved.size:
        return ()
    share = np.mean(np.abs(moved) < STILL_CHANGE, axis=1)
    least = max(LEAST_STEPS, LEAST_SHARE * trajectory.length)
    found = [(begin, end) for begin, end in runs(share >= RESTING_SHARE) if end - begin >= least]
    return tuple(sorted(found, key=lambda run: run[0] - run[1]))


def never_started(trajectory: Trajectory, typical: Typical) -> bool:
    """Tell whether an episode rests from its first steps on, for nearly all of it."""
    rests = still_runs(trajectory, typical)
    if not rests:
        return False
    begin, end = rests[0]
    return begin <= LEAST_STEPS and end - begin >= NEVER_STARTED_SHARE * (trajectory.length - LEAST_STEPS)


def acts(trajectory: Trajectory, steps: tuple[int, int], typical: Typical) -> bool | None:
    """Tell whether it acts on these steps; None where actions are not known.

    A one-hot action is none while it stays the same.
    """
    action = trajectory.signals.get(ACTION)
    if action is None or not typical.action.size:
        return None
    taken = columns(action)[steps[0] : steps[1] + 1]
    if _one_hot(taken):
        return bool(np.mean(np.any(np.diff(taken, axis=0) != 0, axis=1)) > ACTING)
    usual = float(np.sqrt(np.mean(np.square(typical.action))))
    return bool(np.sqrt(np.mean(np.square(taken))) > ACTING * usual)


def observe_rest(trajectory: Trajectory, typical: Typical, episode: int = 0) -> Iterator[Observation]:
    """Yield the longest rest of an episode, and whether it acts meanwhile (stuck) or not (idle)."""
    for steps in still_runs(trajectory, typical)[:1]:
        acting = acts(trajectory, steps, typical)
        doing = {True: ", though it acts", False: ", and hardly acts", None: ""}[acting]
        lasted = steps[1] - steps[0] + 1
        text = f"It stands still for {lasted} of {trajectory.length} steps{doing}."
        values = {"share": lasted / trajectory.length}
        yield Observation(ObservationKind.STILL, text, episode=episode, steps=steps, values=values)


def tremors(trajectory: Trajectory, typical: Typical) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return stretches of trembling as first and last step and the numbers that tremble, longest first."""
    moved, names = changes(trajectory, typical)
    blocks = len(moved) // BLOCK
    if not blocks or not names:
        return []
    shaking = _shakes(moved[: blocks * BLOCK].reshape(blocks, BLOCK, -1))
    found = []
    for begin, end in runs(np.mean(shaking, axis=1) > TREMBLING_SHARE):
        shaken = tuple(np.asarray(names)[np.all(shaking[begin:end], axis=0)].tolist())
        found.append((begin * BLOCK, end * BLOCK, shaken))
    return sorted(found, key=lambda one: one[0] - one[1])


def observe_tremor(trajectory: Trajectory, typical: Typical, episode: int = 0) -> Iterator[Observation]:
    """Yield the longest stretch on which an episode trembles on the spot."""
    for begin, end, shaken in tremors(trajectory, typical)[:1]:
        if end - begin < LEAST_SHARE * trajectory.length:
            return
        named = f": {', '.join(shaken[:3])} turn back every other step" if shaken else ""
        text = f"It trembles on the spot for {end - begin + 1} of {trajectory.length} steps{named}."
        values = {"share": (end - begin + 1) / trajectory.length}
        yield Observation(
            ObservationKind.OSCILLATES, text, episode=episode, steps=(begin, end), values=values
        )


def _shakes(moved: Array) -> Array:
    """Tell which numbers tremble in blocks of changes `(blocks, steps, d)`; bool `(blocks, d)`."""
    turns = np.mean(moved[:, 1:] * moved[:, :-1] < 0, axis=1)
    way = np.sum(np.abs(moved), axis=1)
    returned = np.abs(np.sum(moved, axis=1)) <= RETURNED * way
    return (turns >= REVERSALS) & returned & (way >= LEAST_SWING * moved.shape[1])


def _one_hot(taken: Array) -> bool:
    return taken.shape[1] > 1 and bool(np.all((taken == 0) | (taken == 1)) and np.all(taken.sum(1) == 1))
