"""A task's fitness paid as a reward: the sparse baseline."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.fitness import TaskFitness
from eureka_agent.tasks.task import Array, Signals, Task


def pays_each_step(task: Task) -> bool:
    """Whether the sparse baseline is paid in every step, or at an episode's end."""
    return task.fitness_step is not None and not TaskFitness(task).by_return


class SparseReward:
    """The sparse baseline step by step for `num_envs` worlds, over episodes longer than a rollout.

    Larger is always better. Where only whole episodes can be scored it remembers each world's signals until
    its episode ends.
    """

    def __init__(self, task: Task, num_envs: int) -> None:
        self._fitness, self._sign = TaskFitness(task), task.fitness.sign
        self._each_step = pays_each_step(task)
        self._remembers = self._fitness.by_episode and not self._each_step
        self._steps: list[list[Signals]] = [[] for _ in range(num_envs)]
        self._returns = np.zeros(num_envs, dtype=np.float64)

    def step(
        self, signals: Signals, native_reward: Array, done: Array, *, first: Array | None = None
    ) -> Array:
        """Return the rewards `(num_envs,)` float32 of one control step; `done` ends a world's episode.

        Where `first` says that an episode begins, one that never ended (its world was given up) is forgotten.
        """
        if self._each_step:
            return (self._sign * self._fitness.steps(signals)).astype(np.float32)
        for world in np.flatnonzero(first) if first is not None else ():
            self._steps[world], self._returns[world] = [], 0.0
        self._returns += native_reward
        if self._remembers:
            for world, rows in enumerate(self._steps):
                rows.append({name: array[world] for name, array in signals.items()})
        rewards = np.zeros(len(done), dtype=np.float32)
        for world in np.flatnonzero(done):
            rewards[world] = self._sign * self._finish(int(world))
        return rewards

    def _finish(self, world: int) -> float:
        """Score a world's episode and forget it."""
        rows, native_return = self._steps[world], float(self._returns[world])
        self._steps[world], self._returns[world] = [], 0.0
        episode = {name: np.stack([row[name] for row in rows]) for name in rows[0]} if rows else {}
        return self._fitness.of_signals(episode, native_return)
