"""Random play before any training: does the environment keep its contract, and how do signals look?"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from itertools import pairwise

import gymnasium as gym
import numpy as np

from eureka_agent.errors import TaskError
from eureka_agent.tasks.building import ASSUMED_LIMIT
from eureka_agent.tasks.observe import check_bounds
from eureka_agent.tasks.task import Array, Task
from eureka_agent.tasks.worlds import GymWorlds, StepResult
from eureka_agent.trajectories.batch import TrajectoryBatch
from eureka_agent.trajectories.recording import record
from eureka_agent.trajectories.trajectory import Trajectory

WORLDS = 4
MINIMUM_ROWS = 512
LONGEST_HOLD = 50


class _RandomPolicy:
    """Random actions, each held for `hold` steps; every world has its own generator."""

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


def inspect_environment(
    task: Task, seed: int = 0, steps: int = MINIMUM_ROWS, *, notice: Callable[[str], object] = lambda _: None
) -> TrajectoryBatch:
    """Play random actions for at least `steps` rows (and 512), until at least one episode has ended.

    Returns signals `(T, N, ...)`. Half of the worlds draw a new action each step, the others hold it for a
    while. Raises TaskError if the environment violates its contract: the form of what it returns,
    observations outside their space or far outside its bounds, signals that are not as declared, endless
    episodes. `notice` is told, once for each part of the observation, of what is a little outside.
    """
    overshoots: dict[str, str] = {}
    rows = max(steps, MINIMUM_ROWS)
    hold = int(np.clip(task.max_episode_steps // 10, 2, LONGEST_HOLD))
    seeds = [seed + world for world in range(WORLDS)]
    with GymWorlds(task, WORLDS, seeds) as worlds:
        policies = [
            _RandomPolicy(worlds.action_space, own, 1 if world < WORLDS // 2 else hold)
            for world, own in enumerate(seeds)
        ]
        worlds.reset()
        _check_state(worlds, overshoots)
        results: list[StepResult] = []
        actions: list[Array] = []
        ended = False
        while len(results) < ASSUMED_LIMIT and not (ended and len(results) * WORLDS >= rows):
            actions.append(np.stack([policy.act() for policy in policies]))
            results.append(worlds.step(actions[-1]))
            _check_state(worlds, overshoots)
            ended = ended or bool(results[-1].done.any())
    _check_ends(task, results)
    for words in overshoots.values():
        notice(f"The environment's observation {words}. It is taken as it is.")
    return _recorded(task, results, actions, seeds)


def _check_state(worlds: GymWorlds, overshoots: dict[str, str]) -> None:
    """Check observations against their spaces; the first overshoot of each is noted."""
    for leaf in worlds.leaves:
        for state in (worlds.final_state, worlds.state):
            if words := check_bounds(leaf, state[leaf.name]):
                overshoots.setdefault(leaf.name, words)
            if worlds.state is worlds.final_state:
                break


def _check_ends(task: Task, results: list[StepResult]) -> None:
    """Raise TaskError if there is no time limit and no episode ended within the assumed one."""
    by_itself = any(result.terminated.any() for result in results)
    earlier = any(result.truncated.any() for result in results[: ASSUMED_LIMIT - 1])
    if not (task.time_limit_known or by_itself or earlier):
        raise TaskError(
            f"'{task.env_id}' has no time limit, and no episode ended within {ASSUMED_LIMIT:,} random steps.",
            allowed="episodes that end by themselves, or a time limit",
            fix="Give one with --max-episode-steps.",
        )


def _recorded(
    task: Task, results: list[StepResult], actions: list[Array], seeds: Sequence[int]
) -> TrajectoryBatch:
    return TrajectoryBatch(
        tuple(_world(task, results, actions, world, seed) for world, seed in enumerate(seeds))
    )


def _world(
    task: Task, results: list[StepResult], actions: list[Array], world: int, seed: int
) -> tuple[Trajectory, ...]:
    """Return one world's episodes, one after the other; the last may still be running."""
    ends = [t + 1 for t, result in enumerate(results) if result.done[world] or t + 1 == len(results)]
    episodes: list[Trajectory] = []
    for begin, end in pairwise((0, *ends)):
        steps = results[begin:end]
        names = steps[0].signals
        episodes.append(
            record(
                task,
                {name: np.stack([step.signals[name][world] for step in steps]) for name in names},
                action=np.stack([action[world] for action in actions[begin:end]]),
                native_reward=np.stack([step.native_reward[world] for step in steps]),
                terminated=bool(steps[-1].terminated[world]),
                truncated=bool(steps[-1].truncated[world]),
                seed=seed,
                earlier=len(episodes),
            )
        )
    return tuple(episodes)
