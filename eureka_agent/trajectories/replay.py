"""Replaying a recorded episode: the same seed and actions, on a deterministic simulator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eureka_agent.errors import TrajectoryError
from eureka_agent.tasks.task import Array, Task
from eureka_agent.tasks.worlds import GymWorlds, StepResult
from eureka_agent.trajectories.recording import record
from eureka_agent.trajectories.trajectory import Trajectory


def world_of(task: Task, trajectory: Trajectory) -> GymWorlds:
    """Return a world with a trajectory's seed, not reset yet; close it afterwards.

    Raises TrajectoryError if it would start from another state.
    """
    if trajectory.seed is None:
        raise _unknown("seed")
    if trajectory.simulator != "cpu":
        raise TrajectoryError(
            f"This episode was played on a {trajectory.simulator}, where the same seed begins differently.",
            allowed="trajectories that were played on a CPU",
            fix="Play its policy anew.",
        )
    return GymWorlds(task, 1, [trajectory.seed])


def actions_of(trajectory: Trajectory) -> Array:
    """Return the actions `(T, ...)` of an episode; TrajectoryError where they were not recorded."""
    if trajectory.action is None:
        raise _unknown("actions")
    return trajectory.action


def played_again(task: Task, trajectory: Trajectory, earlier: Sequence[Trajectory] = ()) -> Trajectory:
    """Return the replayed episode, with all signals `(T, ...)` measured again.

    `earlier` are the previous episodes of its world, in order. Raises TrajectoryError if some are missing,
    something needed was not recorded, or the replay diverges.
    """
    if len(earlier) != trajectory.earlier:
        raise TrajectoryError(
            f"{trajectory.earlier} earlier episodes of the same world must be played first, "
            f"{len(earlier)} were given.",
            allowed="all that the world played since it was seeded",
        )
    with world_of(task, trajectory) as world:
        world.reset()
        for episode in earlier:
            _steps(world, episode)
        steps = _steps(world, trajectory)
    assert trajectory.seed is not None
    return record(
        task,
        {name: np.stack([step.signals[name][0] for step in steps]) for name in steps[0].signals},
        action=actions_of(trajectory),
        native_reward=np.stack([step.native_reward[0] for step in steps]),
        terminated=bool(steps[-1].terminated[0]),
        truncated=bool(steps[-1].truncated[0]),
        seed=trajectory.seed,
        earlier=trajectory.earlier,
    )


def _steps(world: GymWorlds, trajectory: Trajectory) -> list[StepResult]:
    """Repeat the actions of an episode and check that it ends at the same step."""
    steps = [world.step(action[None]) for action in actions_of(trajectory)]
    ends = [t + 1 for t, step in enumerate(steps) if step.done[0]]
    if ends != [trajectory.length] * trajectory.ended:
        raise TrajectoryError(
            f"Played again, the episode of {trajectory.length} steps ended after {ends} of them.",
            allowed="environments in which nothing but their seeded generator is random",
        )
    return steps


def _unknown(what: str) -> TrajectoryError:
    return TrajectoryError(
        f"This episode cannot be played again: nothing is known of its {what}.",
        allowed="trajectories with a seed and actions; earlier versions kept signals only",
        fix="Play its policy anew.",
    )
