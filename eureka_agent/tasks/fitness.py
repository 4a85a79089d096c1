"""Scoring episodes by a task's fitness, and that fitness paid as a reward: the sparse baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from eureka_agent.errors import TaskError
from eureka_agent.tasks.task import Array, Signals, Task


def episode_fitness(task: Task, signals: Mapping[str, Array], native_return: float) -> float:
    """Return the fitness of one whole episode.

    Args:
        task: the task that scores it.
        signals: `{name: (T, ...)}`, every signal (with `prev_`) of the episode's T steps.
        native_return: sum of the environment's own rewards over the episode.

    Raises:
        TaskError: the fitness is not a finite number.
    """
    return _finite(task, _episode_value(task, signals, native_return))


def fitness_of_steps(task: Task, steps: Array | None, native_return: float) -> float:
    """Return an episode's fitness from its per-step fitness `(T,)`; what `episode_fitness` would return.

    For every `reduce` but `episode`, which needs the signals; `steps` may be None for `native_return`.
    Raises TaskError where the fitness is not a finite number.
    """
    if task.fitness.reduce == "native_return":
        return _finite(task, float(native_return))
    if steps is None:
        raise _without(task, "fitness_step")
    return _finite(task, _reduced(task.fitness.reduce, steps))


def _finite(task: Task, value: float) -> float:
    if not math.isfinite(value):
        raise TaskError(
            f"Task '{task.name}': the fitness of an episode is {value}.",
            allowed="a finite number for every episode",
            fix="Correct the fitness in the task's task.py.",
        )
    return value


def _episode_value(task: Task, signals: Mapping[str, Array], native_return: float) -> float:
    reduce = task.fitness.reduce
    if reduce == "native_return":
        return float(native_return)
    if reduce == "episode":
        if task.fitness_episode is None:
            raise _without(task, "fitness_episode")
        return float(task.fitness_episode(signals))
    return _reduced(reduce, step_fitness(task, dict(signals)))


def _reduced(reduce: str, steps: Array) -> float:
    if reduce == "sum":
        return float(np.sum(steps, dtype=np.float64))
    if reduce == "mean":
        return float(np.mean(steps, dtype=np.float64))
    if reduce == "last":
        return float(steps[-1])
    return float(np.max(steps)) if reduce == "max" else float(np.any(steps > 0))


def step_fitness(task: Task, signals: Signals) -> Array:
    """Return the per-step fitness `(rows,)`; raises TaskError if there is none or its shape is another."""
    if task.fitness_step is None:
        raise _without(task, "fitness_step")
    steps = np.asarray(task.fitness_step(signals), dtype=np.float32)
    rows = len(next(iter(signals.values())))
    if steps.shape != (rows,):
        raise TaskError(
            f"Task '{task.name}': fitness_step() returned shape {steps.shape} for {rows} rows.",
            allowed="one number a row, `(num_envs,)`",
        )
    return steps


def _without(task: Task, function: str) -> TaskError:
    return TaskError(
        f"Task '{task.name}' has no {function}(), which fitness.reduce = '{task.fitness.reduce}' needs.",
        fix="Add it to the task's task.py, or choose another reduce.",
    )


def sparse_rewards(task: Task, signals: Mapping[str, Array], native_return: float) -> Array:
    """Return the sparse baseline's rewards `(T,)` of one whole episode, larger always being better.

    The per-step fitness where there is one, else the episode's fitness paid at its last step.
    """
    if pays_each_step(task):
        return (task.fitness.sign * step_fitness(task, dict(signals))).astype(np.float32)
    rewards = np.zeros(len(next(iter(signals.values()))), dtype=np.float32)
    rewards[-1] = task.fitness.sign * episode_fitness(task, signals, native_return)
    return rewards


def pays_each_step(task: Task) -> bool:
    """Whether the sparse baseline is paid in every step, or at an episode's end."""
    return task.fitness_step is not None and task.fitness.reduce != "native_return"


class SparseReward:
    """The sparse baseline step by step for `num_envs` worlds, over episodes longer than a rollout.

    Where only whole episodes can be scored it remembers each world's signals until its episode ends.
    """

    def __init__(self, task: Task, num_envs: int) -> None:
        self._task = task
        self._each_step = pays_each_step(task)
        self._remembers = task.fitness.reduce == "episode" and not self._each_step
        self._steps: list[list[Signals]] = [[] for _ in range(num_envs)]
        self._returns = np.zeros(num_envs, dtype=np.float64)

    def step(
        self, signals: Signals, native_reward: Array, done: Array, *, first: Array | None = None
    ) -> Array:
        """Return the rewards `(num_envs,)` float32 of one control step; `done` ends a world's episode.

        Where `first` says that an episode begins, one that never ended (its world was given up) is forgotten.
        """
        if self._each_step:
            return (self._task.fitness.sign * step_fitness(self._task, signals)).astype(np.float32)
        for world in np.flatnonzero(first) if first is not None else ():
            self._steps[world], self._returns[world] = [], 0.0
        self._returns += native_reward
        if self._remembers:
            for world, rows in enumerate(self._steps):
                rows.append({name: array[world] for name, array in signals.items()})
        rewards = np.zeros(len(done), dtype=np.float32)
        for world in np.flatnonzero(done):
            rewards[world] = self._task.fitness.sign * self._finish(int(world))
        return rewards

    def _finish(self, world: int) -> float:
        """Score a world's episode and forget it."""
        rows, native_return = self._steps[world], float(self._returns[world])
        self._steps[world], self._returns[world] = [], 0.0
        episode = {name: np.stack([row[name] for row in rows]) for name in rows[0]} if rows else {}
        return episode_fitness(self._task, episode, native_return)
