"""Random play before anything is trained: are promises kept, and what do the signals look like?"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gymnasium as gym
import numpy as np

from eureka_agent.errors import StoreError, TaskError
from eureka_agent.tasks.building import ASSUMED_LIMIT
from eureka_agent.tasks.fitness import episode_fitness
from eureka_agent.tasks.observe import check_bounds
from eureka_agent.tasks.task import Array, Signals, Task
from eureka_agent.tasks.worlds import GymWorlds, StepResult

WORLDS = 4
MINIMUM_ROWS = 512
LONGEST_HOLD = 50


@dataclass(frozen=True)
class Recording:
    """Steps of N worlds under random actions: half of them draw anew each step, half hold their actions."""

    signals: Signals
    """`{name: (T, N, ...)}`, `prev_` ones included."""
    first: Array
    """bool `(T, N)`: the step was the first of its episode."""
    terminated: Array
    truncated: Array
    native_reward: Array
    """float64 `(T, N)`."""
    fitness_per_episode: Array
    """float64 `(episodes,)` of the episodes that ended."""

    @property
    def rows(self) -> int:
        """Recorded steps of all worlds together."""
        return int(self.first.size)

    def save(self, path: Path) -> None:
        """Write the recording as an npz file."""
        arrays = {f"signal/{name}": array for name, array in self.signals.items()}
        arrays |= {name: getattr(self, name) for name in _ARRAYS}
        np.savez_compressed(path, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> Recording:
        """Read what `save` wrote; raises StoreError if the file is not a recording."""
        try:
            with np.load(path, allow_pickle=False) as data:
                signals = {k.removeprefix("signal/"): data[k] for k in data.files if k.startswith("signal/")}
                return cls(signals=signals, **{name: data[name] for name in _ARRAYS})
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(
                f"{path} is not a recording: {error}", fix="Delete it; it is made anew when needed."
            ) from error


_ARRAYS = ("first", "terminated", "truncated", "native_reward", "fitness_per_episode")


class _RandomPolicy:
    """Random actions, held for `hold` steps each; every world has its own generator."""

    def __init__(self, space: gym.Space, seed: int, hold: int) -> None:
        self._space = copy.deepcopy(space)
        self._space.seed(seed)
        self._hold = hold
        self._left = 0
        self._action: Array = np.asarray(self._space.sample())

    def act(self) -> Array:
        if self._left == 0:
            self._action, self._left = np.asarray(self._space.sample()), self._hold
        self._left -= 1
        return self._action


def inspect_environment(task: Task, seed: int = 0, steps: int = MINIMUM_ROWS) -> Recording:
    """Play at random and record at least `steps` rows (and 512), until one episode at least has ended.

    Raises TaskError if the environment breaks a promise: the form of what it returns, observations outside
    their space or its bounds, signals that are not as declared, episodes that never end.
    """
    rows = max(steps, MINIMUM_ROWS)
    hold = int(np.clip(task.max_episode_steps // 10, 2, LONGEST_HOLD))
    with GymWorlds(task, WORLDS, [seed + world for world in range(WORLDS)]) as worlds:
        policies = [
            _RandomPolicy(worlds.action_space, seed + world, 1 if world < WORLDS // 2 else hold)
            for world in range(WORLDS)
        ]
        worlds.reset()
        _check_state(worlds)
        results: list[StepResult] = []
        ended = False
        while len(results) < ASSUMED_LIMIT and not (ended and len(results) * WORLDS >= rows):
            results.append(worlds.step(np.stack([policy.act() for policy in policies])))
            _check_state(worlds)
            ended = ended or bool(results[-1].done.any())
    _check_ends(task, results)
    return _recorded(task, results)


def _check_state(worlds: GymWorlds) -> None:
    for leaf in worlds.leaves:
        check_bounds(leaf, worlds.final_state[leaf.name])
        if worlds.state is not worlds.final_state:
            check_bounds(leaf, worlds.state[leaf.name])


def _check_ends(task: Task, results: list[StepResult]) -> None:
    """Raise TaskError if nobody named a time limit and no episode ended before the assumed one."""
    by_itself = any(result.terminated.any() for result in results)
    earlier = any(result.truncated.any() for result in results[: ASSUMED_LIMIT - 1])
    if not (task.time_limit_known or by_itself or earlier):
        raise TaskError(
            f"'{task.env_id}' has no time limit, and no episode ended within {ASSUMED_LIMIT:,} random steps.",
            allowed="episodes that end by themselves, or a time limit",
            fix="Give one with --max-episode-steps.",
        )


def _recorded(task: Task, results: list[StepResult]) -> Recording:
    def stacked(pick: Callable[[StepResult], Array]) -> Array:
        return np.stack([pick(result) for result in results])

    signals = {name: stacked(lambda result, name=name: result.signals[name]) for name in results[0].signals}
    native_reward = stacked(lambda result: result.native_reward)
    terminated, truncated = stacked(lambda r: r.terminated), stacked(lambda r: r.truncated)
    fitness = _fitness(task, signals, native_reward, terminated | truncated)
    return Recording(signals, stacked(lambda r: r.first), terminated, truncated, native_reward, fitness)


def _fitness(task: Task, signals: Signals, native_reward: Array, done: Array) -> Array:
    """Score every episode that ended, world by world in the order they ended."""
    values: list[float] = []
    for world in range(done.shape[1]):
        begin = 0
        for end in np.flatnonzero(done[:, world]) + 1:
            episode = {name: array[begin:end, world] for name, array in signals.items()}
            values.append(episode_fitness(task, episode, float(native_reward[begin:end, world].sum())))
            begin = int(end)
    return np.asarray(values, dtype=np.float64)
