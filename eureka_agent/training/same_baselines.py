"""Whether the two baselines of a task are one: an environment that pays its score at an episode's end."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.sparse import SparseReward
from eureka_agent.tasks.task import Array, Task
from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.trajectory import Trajectory

NATIVE = "native"
"""A task's reference where it is the environment's own reward."""


def same_baselines(task: Task, recording: TrajectoryBatch) -> bool:
    """Tell whether reference and sparse pay the same for every recorded step, and pay for some.

    Only the environment's own reward is compared: one in code would have to be run.
    """
    if task.reference != NATIVE:
        return False
    native = [trajectory.native_reward for trajectory in recording.trajectories]
    if any(paid is None for paid in native) or not any(np.any(paid) for paid in native):
        return False
    return all(_pays_the_same(task, trajectory) for trajectory in recording.trajectories)


def _pays_the_same(task: Task, trajectory: Trajectory) -> bool:
    native: Array = np.asarray(trajectory.native_reward)
    sparse = SparseReward(task, 1)
    ends = trajectory.terminated or trajectory.truncated
    for step in range(trajectory.length):
        signals = {name: array[step : step + 1] for name, array in trajectory.signals.items()}
        done = np.array([ends and step + 1 == trajectory.length])
        paid = sparse.step(signals, native[step : step + 1], done)
        if not np.array_equal(paid, native[step : step + 1].astype(np.float32)):
            return False
    return True
