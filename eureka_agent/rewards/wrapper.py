"""A reward file in a person's own training code: Gymnasium wrappers that replace the environment's reward.

The reward runs in this process: it is a file the person has read and chosen. `load_reward` still refuses
anything outside the contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper

from eureka_agent.errors import TaskError
from eureka_agent.rewards.loader import RewardFunction, load_reward
from eureka_agent.rewards.output import RewardOutput, validated
from eureka_agent.tasks.generic import InfoEntry, names_reward, spaces_task
from eureka_agent.tasks.observe import (
    ActionCodec,
    Leaf,
    as_identifier,
    check_leaf,
    leaves_of,
    numeric_info,
    stack_info,
    stack_leaf,
)
from eureka_agent.tasks.registry import find_task
from eureka_agent.tasks.task import Array, Signals, State, Task
from eureka_agent.tasks.tracker import SignalTracker

Reward = str | Path | RewardFunction
"""A path to a reward file, a reward's source, or a loaded reward."""


class _Rows:
    """The reward of some worlds, step by step: signals tracked, memory kept for each episode."""

    def __init__(self, reward: Reward, task: Task | str | None, num_envs: int) -> None:
        self.task = find_task(task) if isinstance(task, str) else task
        names = None if self.task is None else [signal.name for signal in self.task.all_signals]
        loaded = isinstance(reward, RewardFunction)
        self.function = reward if loaded else load_reward(reward, signals=names)
        self.num_envs = num_envs
        self.tracker: SignalTracker | None = None if self.task is None else SignalTracker(self.task, num_envs)
        self._memory = self.function.initial_memory(num_envs) if self.function.source.uses_memory else None

    def prepare(self, env: gym.Env | Any, info: Mapping[str, Any]) -> Task:
        """Return the task; without one, make it from the spaces and the `info` the reward asks for."""
        if self.task is None:
            self.task = self._from_spaces(env, info)
        if self.tracker is None:
            self.tracker = SignalTracker(self.task, self.num_envs)
        return self.task

    def _from_spaces(self, env: Any, info: Mapping[str, Any]) -> Task:
        """Return a task of the observation, the action, and those `info` entries the reward names."""
        taken = {leaf.name for leaf in leaves_of(env.observation_space)} | {"action"}
        asked = {name.removeprefix("prev_") for name in self.function.source.arguments} - taken
        entries = []
        for key, value in info.items():
            array = numeric_info(value)
            known = as_identifier(key) in asked or f"info_{as_identifier(key)}" in asked
            if array is not None and known and not names_reward(key):
                # One `info` cannot tell an identifier from a number that happens to be whole.
                entries.append(InfoEntry(key, array.shape, "float32"))
        task = spaces_task(env, name="this environment", info=entries, goal="", context="")
        if missing := sorted(asked - {signal.name for signal in task.signals}):
            raise TaskError(
                f"The reward asks for '{missing[0]}', which this environment does not show.",
                allowed=", ".join(signal.name for signal in task.all_signals)
                + ", and numeric entries of info",
                fix='Give the task the reward was designed for: task="name".',
            )
        return task

    def reset(self, state: State, mask: Array | None = None) -> None:
        """Begin episodes in the worlds of `mask`."""
        assert self.tracker is not None
        self.tracker.reset(state, mask)
        if self._memory is not None:
            where = np.ones(self.num_envs, dtype=bool) if mask is None else mask
            self._memory = self.function.reset_memory(self._memory, where)

    def step(self, action: Array, after: State) -> RewardOutput:
        """Return reward and components of one step, each `(num_envs,)`."""
        assert self.tracker is not None
        signals: Signals = self.tracker.step(action, after)
        output = validated(self.function(signals, self._memory), self.num_envs)
        self._memory = output.memory
        return output


class RewardWrapper(gym.Wrapper):
    """Replace the reward of one environment.

    `info` gains `native_reward` (the environment's own) and `reward_components` (name to float).

    Args:
        env: the environment.
        reward: a path to a reward file, its source, or a loaded RewardFunction.
        task: the task whose signals the reward names, or its name; None if the reward reads only `obs`,
            `action`, their `prev_`, and numeric entries of `info`.

    Raises:
        RewardError: the reward is outside the contract, or its output cannot be used.
        TaskError: a signal it asks for is not there.
    """

    def __init__(self, env: gym.Env, reward: Reward, task: Task | str | None = None) -> None:
        super().__init__(env)
        self._rows = _Rows(reward, task, 1)
        self._leaves = leaves_of(env.observation_space)
        self._codec = ActionCodec.of(env.action_space)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict]:
        """Reset the environment and the reward's memory."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._rows.prepare(self.env, info)
        self._rows.reset(self._state(observation, info))
        return observation, info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict]:
        """Step the environment and return the new reward in place of its own."""
        observation, native, terminated, truncated, info = self.env.step(action)
        encoded = self._codec.encode(self._codec.prepare(np.asarray(action)[None]))
        output = self._rows.step(encoded, self._state(observation, info))
        components = {name: float(values[0]) for name, values in output.components.items()}
        info = info | {"native_reward": float(native), "reward_components": components}
        return observation, float(output.reward[0]), terminated, truncated, info

    def _state(self, observation: Any, info: Mapping[str, Any]) -> State:
        task = self._rows.prepare(self.env, info)
        state = {leaf.name: stack_leaf(leaf, [observation]) for leaf in self._leaves}
        for name, key in task.info.items():
            state[name] = stack_info(name, key, None, [info])
        for name, value in task.behaviour.read_state(self.env).items():
            state[name] = np.asarray(value)[None]
        return state


class VectorRewardWrapper(VectorWrapper):
    """Replace the rewards of a vector environment, in any of Gymnasium's autoreset modes.

    `infos` gains `native_reward` `(num_envs,)`, `reward_components` (name to `(num_envs,)`) and
    `reward_valid` (bool `(num_envs,)`): False where a next-step autoreset made this no real step; such a
    row pays 0 and must not be learned from. Arguments and errors are those of RewardWrapper.
    """

    def __init__(self, env: VectorEnv, reward: Reward, task: Task | str | None = None) -> None:
        super().__init__(env)
        mode = env.metadata.get("autoreset_mode")
        if mode is None:
            raise TaskError(
                "The vector environment does not say how it resets: metadata has no 'autoreset_mode'.",
                allowed=", ".join(str(known) for known in AutoresetMode),
                fix="Set env.metadata['autoreset_mode'] to the mode it uses.",
            )
        self._mode = AutoresetMode(mode)
        self._rows = _Rows(reward, task, env.num_envs)
        self._leaves = leaves_of(env.single_observation_space)
        self._codec = ActionCodec.of(env.single_action_space)
        self._just_ended = np.zeros(env.num_envs, dtype=bool)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset all worlds, or those of `options["reset_mask"]`."""
        mask = None if options is None else options.get("reset_mask")
        mask = None if mask is None else np.array(mask, dtype=bool)
        observations, infos = self.env.reset(seed=seed, options=options)  # type: ignore[arg-type]
        self._prepare(infos)
        self._rows.reset(self._state(observations, infos), mask)
        self._just_ended &= np.zeros(self.num_envs, dtype=bool) if mask is None else ~mask
        return observations, infos

    def step(self, actions: Any) -> tuple[Any, Array, Array, Array, dict[str, Any]]:
        """Step all worlds and return the new rewards in place of their own."""
        observations, native, terminated, truncated, infos = self.env.step(actions)
        done = np.asarray(terminated) | np.asarray(truncated)
        after = self._state(observations, infos)
        dummy = self._just_ended if self._mode is AutoresetMode.NEXT_STEP else np.zeros_like(done)
        final = self._with_final(after, infos, done) if self._mode is AutoresetMode.SAME_STEP else after
        if dummy.any():
            self._rows.reset(after, dummy)
        output = self._rows.step(self._codec.encode(self._codec.prepare(actions)), final)
        fresh = done if self._mode is AutoresetMode.SAME_STEP else dummy
        if fresh.any():
            self._rows.reset(after, fresh)
        self._just_ended = done
        components = {name: np.where(dummy, 0.0, values) for name, values in output.components.items()}
        added = {"native_reward": np.array(native), "reward_components": components, "reward_valid": ~dummy}
        reward = np.where(dummy, 0.0, output.reward).astype(np.float64)
        return observations, reward, terminated, truncated, infos | added

    def _prepare(self, infos: Mapping[str, Any]) -> Task:
        single = {key: value[0] for key, value in infos.items() if isinstance(value, np.ndarray)}
        return self._rows.prepare(_Single(self.env), single)

    def _state(self, observations: Any, infos: Mapping[str, Any]) -> dict[str, Array]:
        """Return the state of a batch; rows that an `info` entry does not cover keep its zero."""
        task = self._prepare(infos)
        state = {leaf.name: check_leaf(leaf, np.array(leaf.pick(observations))) for leaf in self._leaves}
        for name, key in task.info.items():
            if key not in infos:
                raise TaskError(
                    f"infos['{key}'] is missing, but the signal '{name}' is read from it.",
                    allowed="a numeric entry at reset and at every step",
                )
            state[name] = np.array(infos[key])
        return state | self._read_inside(task)

    def _read_inside(self, task: Task) -> dict[str, Array]:
        """Return what the task reads from inside each environment, where they can be reached."""
        envs = getattr(self.env.unwrapped, "envs", None)
        if envs is None:
            return {}
        rows = [task.behaviour.read_state(env) for env in envs]
        return {name: np.stack([np.array(row[name]) for row in rows]) for name in rows[0]}

    def _with_final(self, after: State, infos: Mapping[str, Any], done: Array) -> State:
        """Return the state with the rows of ended episodes as they were before the same-step reset."""
        if not done.any():
            return after
        state = {name: array.copy() for name, array in after.items()}
        final_infos = infos.get("final_info", {})
        for world in np.flatnonzero(done):
            observation = infos["final_obs"]
            for leaf in self._leaves:
                state[leaf.name][world] = _final_row(leaf, observation, int(world))
            for name, key in self._prepare(infos).info.items():
                state[name][world] = final_infos[key][world]
        return state


class _Single:
    """The single spaces of a vector environment, under the names of a single environment."""

    def __init__(self, env: VectorEnv) -> None:
        self.observation_space = env.single_observation_space
        self.action_space = env.single_action_space
        self.spec = None


def _final_row(leaf: Leaf, final_obs: Any, world: int) -> Array:
    """Return one world's last observation: vector environments keep it by world, or batched by leaf."""
    if isinstance(final_obs, np.ndarray) and final_obs.dtype == object:
        return stack_leaf(leaf, [final_obs[world]])[0]
    return check_leaf(leaf, np.array(leaf.pick(final_obs))[world : world + 1])[0]
