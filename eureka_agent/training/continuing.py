"""Continuing a recorded episode from any of its states: other policies take over where it had got to.

The episode is replayed once and the simulator's state kept before every action; a continuation begins with
one of these states, bit for bit, and is played to the end of the episode. Its score is that of the whole
episode: what was played up to there, and what it made of the rest.

On a CPU the replay is what was recorded, to the last bit. On a device it may differ with the number of worlds
that run side by side; it counts if it lasts as long and scores the same within `SAME_ON_DEVICE`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from eureka_agent.errors import TaskError, TrajectoryError
from eureka_agent.seeds import generator_for
from eureka_agent.tasks.snapshot import Snapshot
from eureka_agent.tasks.task import Task
from eureka_agent.tasks.worlds import StepResult
from eureka_agent.training.population.policy_file import SavedPolicy
from eureka_agent.training.population.rollout import Actions
from eureka_agent.training.simulators import Simulator, SimulatorFactory
from eureka_agent.training.simulators.choosing import device_physics
from eureka_agent.training.simulators.mjx import mjx_missing
from eureka_agent.trajectories.recording import record
from eureka_agent.trajectories.replay import actions_of
from eureka_agent.trajectories.trajectory import Trajectory

if TYPE_CHECKING:
    from eureka_agent.training.device.simulator import DeviceSimulator

Array = np.ndarray
Worlds: TypeAlias = "Simulator | DeviceSimulator"
Make = Callable[[Sequence[int]], Worlds]
"""Makes worlds with these seeds."""
NOISES = (0.05, 0.1, 0.2, 0.4)
"""Action noise of the kept policy's continuations: without any it would repeat the failure. A share of the
action's range, or of actions that are drawn where they are choices."""
RANDOMS = 2
"""Continuations that act at random."""
LONGEST = 10_000
"""Steps after which a continuation of an episode without a time limit is given up."""

SAME_ON_DEVICE = 0.05
"""How far the score of a replay on a device may lie from the recorded one, as a share of the larger size."""

Act = Callable[[Array, np.random.Generator], Array]
"""Maps policy observations `(1, dim)` to actions `(1, ...)` of the space."""


@dataclass(frozen=True)
class Actor:
    """Somebody who takes an episode over."""

    name: str
    act: Act


def actors(task: Task, own: SavedPolicy, others: Mapping[str, SavedPolicy]) -> list[Actor]:
    """Return who takes over: the kept policy with noise, other policies, no action if that exists, chance."""
    env = task.make_env()
    space = env.action_space
    env.close()
    scale = _range(space)
    found = [Actor(f"itself with noise {noise:g}", _noisy(own, space, noise, scale)) for noise in NOISES]
    found += [Actor(name, _plain(policy, space)) for name, policy in others.items()]
    if isinstance(space, spaces.Box):
        still = np.clip(np.zeros(space.shape, space.dtype), space.low, space.high)[None]
        found.append(Actor("idle", lambda _, __: still))
    return found + [Actor("random", lambda _, generator: _drawn(space, generator))] * RANDOMS


class Continuations:
    """What actors make of a recorded episode from its states; `env_steps` counts what that takes.

    Raises TrajectoryError where the episode cannot be replayed, TaskError where the simulator cannot restore.
    """

    def __init__(
        self, task: Task, trajectory: Trajectory, takers: Sequence[Actor], make: Make | None = None
    ) -> None:
        """`make` gives other worlds than those that the task has where the episode was played."""
        _check_replayable(trajectory)
        self._task, self._takers = task, takers
        self.env_steps = 0
        make = make or worlds_of(task, trajectory)
        self._played, self._states = self._replayed(make, trajectory)
        self._worlds = make([trajectory.seed or 0] * len(takers))

    @property
    def count(self) -> int:
        """Continuations from each state."""
        return len(self._takers)

    def close(self) -> None:
        """Give up the simulator."""
        self._worlds.close()

    def scores(self, state: int) -> dict[int, float]:
        """Return the whole-episode score of each actor, by its index, that takes over after `state` actions.

        An actor whose continuation did not end has none. The same state gives the same scores.
        """
        observation = self._worlds.restore(self._states[state].rows([0] * len(self._takers)))
        generators = [
            generator_for(self._played.seed or 0, "continuation", state, index)
            for index in range(len(self._takers))
        ]
        steps: list[tuple[Array, StepResult]] = []
        ends: dict[int, int] = {}
        while len(ends) < len(self._takers) and len(steps) < LONGEST:
            rows = zip(self._takers, observation, generators, strict=True)
            action = np.concatenate([taker.act(row[None], generator) for taker, row, generator in rows])
            result = self._worlds.step(action)
            steps.append((action, result))
            observation = result.policy_obs
            for world in np.flatnonzero(result.done):
                ends.setdefault(int(world), len(steps))
        self.env_steps += len(steps) * len(self._takers)
        return {world: self._score(state, steps[:end], world) for world, end in ends.items()}

    def _score(self, state: int, steps: Sequence[tuple[Array, StepResult]], world: int) -> float:
        before, native = self._played, self._played.native_reward
        assert native is not None  # it was played again
        last = steps[-1][1]
        whole = record(
            self._task,
            {
                name: np.concatenate([array[:state], np.stack([s.signals[name][world] for _, s in steps])])
                for name, array in before.signals.items()
            },
            action=np.concatenate([actions_of(before)[:state], np.stack([a[world] for a, _ in steps])]),
            native_reward=np.concatenate([native[:state], [s.native_reward[world] for _, s in steps]]),
            terminated=bool(last.terminated[world]),
            truncated=bool(last.truncated[world]),
            seed=before.seed or 0,
        )
        assert whole.fitness is not None  # it ended
        return whole.fitness

    def _replayed(self, make: Make, recorded: Trajectory) -> tuple[Trajectory, list[Snapshot]]:
        """Return the episode as it goes again, and the state before each action."""
        # A device is asked for as many worlds as continue later: one program is compiled, and numbers agree.
        worlds = make([recorded.seed or 0] * (1 if recorded.simulator == "cpu" else self.count))
        try:
            worlds.reset()
            _check_restorable(self._task, worlds)
            states: list[Snapshot] = []
            steps: list[StepResult] = []
            for action in actions_of(recorded):
                states.append(worlds.snapshot().rows([0]))
                steps.append(worlds.step(np.repeat(action[None], worlds.num_envs, axis=0)))
        finally:
            worlds.close()
        self.env_steps += len(steps) * worlds.num_envs
        again = record(
            self._task,
            {name: np.stack([step.signals[name][0] for step in steps]) for name in recorded.signals},
            action=actions_of(recorded),
            native_reward=np.array([step.native_reward[0] for step in steps]),
            terminated=bool(steps[-1].terminated[0]),
            truncated=bool(steps[-1].truncated[0]),
            seed=recorded.seed or 0,
        )
        if recorded.simulator == "cpu":
            _check_same(again, recorded)
        else:
            early = next((n for n, step in enumerate(steps[:-1], 1) if step.done[0]), None)
            _check_alike(again, recorded, early)
        return again, states


def worlds_of(task: Task, trajectory: Trajectory) -> Make:
    """Return what makes worlds of the kind in which an episode was played; raises TaskError without one."""
    if trajectory.simulator == "cpu":
        factory = SimulatorFactory(task)
        return lambda seeds: factory.make(seeds, here=len(seeds) == 1)
    if missing := mjx_missing():
        raise TaskError(
            f"This episode was played on a device, and {', '.join(missing)} is not installed.",
            allowed="JAX and MJX",
            fix="pip install 'eureka-agent[gpu]'",
        )
    from eureka_agent.training.device.simulator import DeviceSimulators
    from eureka_agent.training.device.worlds import DeviceWorlds

    return DeviceSimulators(DeviceWorlds(task, device_physics(task)))


def _check_same(again: Trajectory, recorded: Trajectory) -> None:
    """Raise TrajectoryError where an episode went another way than it was recorded."""
    for name, array in recorded.signals.items():
        new = again.signals[name]
        if not np.array_equal(new, array):
            step = int(np.argmax(np.any((new != array).reshape(len(array), -1), axis=1)))
            raise TrajectoryError(
                f"Played again, the episode goes another way: '{name}' differs from step {step} on.",
                allowed="episodes of deterministic simulators, recorded with the versions installed here",
            )


def _check_alike(again: Trajectory, recorded: Trajectory, early: int | None) -> None:
    """Raise TrajectoryError where an episode of a device ended otherwise, or after `early` steps already."""
    new, old = again.fitness, recorded.fitness
    assert old is not None  # whole episodes only
    alike = new is not None and abs(new - old) <= SAME_ON_DEVICE * max(abs(new), abs(old))
    if alike and early is None and again.terminated == recorded.terminated:
        return
    ended = f"it ends after {early} steps" if early is not None else f"it scores {new}"
    raise TrajectoryError(
        f"Played again on a device, the episode goes another way: {ended}; recorded are {recorded.length} "
        f"steps and a score of {old:.4g}.",
        allowed=f"episodes whose score comes again within {SAME_ON_DEVICE:.0%}",
        fix="Look at another candidate: where there are contacts, two runs of a device drift apart.",
    )


def _check_replayable(trajectory: Trajectory) -> None:
    if trajectory.seed is None or trajectory.earlier or not trajectory.ended:
        why = {
            "its seed is not known": trajectory.seed is None,
            "its world had played others before": bool(trajectory.earlier),
            "it did not end": not trajectory.ended,
        }
        raise TrajectoryError(
            f"This episode cannot be continued: {next(word for word, holds in why.items() if holds)}.",
            allowed="whole episodes with seed and actions, the first of their world",
        )


def _check_restorable(task: Task, worlds: Worlds) -> None:
    if not worlds.supports_snapshot:
        raise TaskError(
            f"No episode of {task.name} can be continued: the state of its environment cannot be saved.",
            allowed="classic control, MuJoCo, and environments with get_state() and set_state(state)",
            fix="Give the environment these two methods, or leave out --with-moments.",
        )


def _plain(policy: SavedPolicy, space: gym.Space) -> Act:
    actions = Actions(policy.network, space)
    return lambda observation, _: actions.flat(policy.act(observation)[None])


def _noisy(policy: SavedPolicy, space: gym.Space, noise: float, scale: Array) -> Act:
    plain = _plain(policy, space)

    def act(observation: Array, generator: np.random.Generator) -> Array:
        chosen = plain(observation, generator)
        if isinstance(space, spaces.Box):
            return chosen + noise * scale * generator.standard_normal(chosen.shape)
        return _drawn(space, generator) if generator.random() < noise else chosen

    return act


def _range(space: gym.Space) -> Array:
    """Return half the range of each number of an action; 1 where it has none."""
    if not isinstance(space, spaces.Box):
        return np.ones(())
    half = (space.high.astype(np.float64) - space.low.astype(np.float64)) / 2
    return np.where(np.isfinite(half), half, 1.0)


def _drawn(space: gym.Space, generator: np.random.Generator) -> Array:
    """Return one action `(1, ...)` of a space, drawn from a generator of ours."""
    match space:
        case spaces.Discrete():
            return np.array([space.start + generator.integers(space.n)])
        case spaces.Box() if space.is_bounded():
            return generator.uniform(space.low, space.high)[None].astype(space.dtype)
    own = copy.deepcopy(space)
    own.seed(int(generator.integers(2**31)))
    return np.asarray(own.sample())[None]
