"""The environments of some worlds, and nothing else: seeds, resets, steps, what a world shows.

What is measured from it lies in `worlds.py`, for all worlds at once. Environments can therefore be stepped in
several processes, and which of them steps a world changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import gymnasium as gym
import numpy as np

from eureka_agent.errors import TaskError
from eureka_agent.tasks.env_state import no_state, read_state_of, write_state_of
from eureka_agent.tasks.observe import ActionCodec, late_zeros, leaves_of, stack_info, stack_leaf
from eureka_agent.tasks.task import Array, Task


class EnvSteps(NamedTuple):
    """One step of k worlds, and the resets that it made necessary."""

    after: dict[str, Array]
    """State after the step, before any reset, each `(k, ...)`."""
    native_reward: Array
    """float64 `(k,)`."""
    terminated: Array
    """bool `(k,)`."""
    truncated: Array
    """bool `(k,)`."""
    fresh: dict[str, Array]
    """State of those whose episode ended, after their reset, in order, each `(ended, ...)`; empty if none."""


class Envs(Protocol):
    """The environments of k worlds, wherever they are."""

    @property
    def observation_space(self) -> gym.Space:
        """The space of one world's observations."""
        ...

    @property
    def action_space(self) -> gym.Space:
        """The space of one world's actions."""
        ...

    def reset(self) -> dict[str, Array]:
        """Begin an episode in every world; return the state, each `(k, ...)`."""
        ...

    def step(self, actions: Array) -> EnvSteps:
        """Step every world with prepared actions `(k, ...)`; reset those whose episode ends."""
        ...

    @property
    def supports_snapshot(self) -> bool:
        """Whether the environments offer their state; see `env_state`."""
        ...

    def read_states(self, worlds: Sequence[int]) -> list[Any]:
        """Return the complete states of some worlds, JSON-able."""
        ...

    def write_states(self, worlds: Sequence[int], states: Sequence[Any]) -> None:
        """Restore worlds to states from `read_states`."""
        ...

    def retain(self, worlds: Sequence[int]) -> None:
        """Keep these worlds only, increasing indices; they are renumbered in this order."""
        ...

    def close(self) -> None:
        """Close every environment."""
        ...


class LocalEnvs:
    """Environments in this process, stepped in order; each is seeded at its first reset only."""

    def __init__(self, task: Task, seeds: Sequence[int]) -> None:
        self.task = task
        self.envs: list[gym.Env] = [task.make_env() for _ in seeds]
        self._seeds: list[int] | None = [int(seed) for seed in seeds]
        self._leaves = leaves_of(self.observation_space)
        self._actions = ActionCodec.of(self.action_space)
        self._shapes = {signal.name: signal.shape for signal in task.signals}

    @property
    def observation_space(self) -> gym.Space:
        """See `Envs`."""
        return self.envs[0].observation_space

    @property
    def action_space(self) -> gym.Space:
        """See `Envs`."""
        return self.envs[0].action_space

    def reset(self) -> dict[str, Array]:
        """See `Envs`."""
        given, self._seeds = self._seeds, None
        seeds = given or [None] * len(self.envs)
        rows = [env.reset(seed=seed) for env, seed in zip(self.envs, seeds, strict=True)]
        return self._read(self.envs, [row[0] for row in rows], [row[1] for row in rows], fresh=True)

    def step(self, actions: Array) -> EnvSteps:
        """See `Envs`."""
        rows = [env.step(self._actions.one(action)) for env, action in zip(self.envs, actions, strict=True)]
        observations, rewards, terminated, truncated, infos = zip(*rows, strict=True)
        after = self._read(self.envs, observations, infos)
        ended = np.array(terminated, dtype=bool) | np.array(truncated, dtype=bool)
        return EnvSteps(
            after,
            np.array(rewards, dtype=np.float64),
            np.array(terminated, dtype=bool),
            np.array(truncated, dtype=bool),
            self._fresh([self.envs[world] for world in np.flatnonzero(ended)]),
        )

    def _fresh(self, envs: Sequence[gym.Env]) -> dict[str, Array]:
        rows = [env.reset() for env in envs]
        return (
            self._read(envs, [row[0] for row in rows], [row[1] for row in rows], fresh=True) if envs else {}
        )

    def _read(
        self,
        envs: Sequence[gym.Env],
        observations: Sequence[Any],
        infos: Sequence[Mapping[str, Any]],
        *,
        fresh: bool = False,
    ) -> dict[str, Array]:
        """Return the state of some worlds: observation leaves, `info` entries, what the task reads itself.

        `fresh` worlds were just reset.
        """
        state = {leaf.name: stack_leaf(leaf, observations) for leaf in self._leaves}
        for name, key in self.task.info.items():
            if fresh and name in self.task.late_info:
                state[name] = late_zeros(self.task, name, len(infos))
            else:
                state[name] = stack_info(name, key, self._shapes.get(name), infos)
        extra = [self.task.behaviour.read_state(env) for env in envs]
        for name in extra[0]:
            state[name] = _stacked(name, [row[name] for row in extra])
        return state

    @property
    def supports_snapshot(self) -> bool:
        """See `Envs`."""
        return not no_state(self.envs[0])

    def read_states(self, worlds: Sequence[int]) -> list[Any]:
        """See `Envs`."""
        return [read_state_of(self.envs[world]) for world in worlds]

    def write_states(self, worlds: Sequence[int], states: Sequence[Any]) -> None:
        """See `Envs`."""
        for world, state in zip(worlds, states, strict=True):
            write_state_of(self.envs[world], state)

    def retain(self, worlds: Sequence[int]) -> None:
        """See `Envs`."""
        kept = {int(world) for world in worlds}
        for index, env in enumerate(self.envs):
            if index not in kept:
                env.close()
        self.envs = [self.envs[world] for world in worlds]
        if self._seeds is not None:
            self._seeds = [self._seeds[world] for world in worlds]

    def close(self) -> None:
        """See `Envs`."""
        for env in self.envs:
            env.close()


def _stacked(name: str, rows: Sequence[Array]) -> Array:
    try:
        return np.stack([np.array(row) for row in rows])
    except ValueError as error:
        raise TaskError(
            f"read_state() gave '{name}' in different shapes.", allowed="one shape for all"
        ) from error
