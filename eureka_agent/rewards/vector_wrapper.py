"""A reward file in a person's own training code: the wrapper for vector environments.

Gymnasium's vector environments reset ended worlds by themselves, in one of three modes. NEXT_STEP: the step
after the end is the reset; its action is ignored and it is no real step. SAME_STEP: the step that ends an
episode resets as well; what is returned belongs to the new episode, and the old one's last observation and
`info` stand in `infos["final_obs"]` and `infos["final_info"]`. DISABLED: whoever steps resets, by a mask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper

from eureka_agent.errors import TaskError
from eureka_agent.rewards.own_environment import check_environment
from eureka_agent.rewards.space_task import SpaceTask
from eureka_agent.rewards.state_reader import ActionReader, StateReader, read_inside
from eureka_agent.rewards.terminal_state import TerminalState, last_states
from eureka_agent.rewards.wrapped_reward import GivenReward, GivenTask, WrappedReward, given_task
from eureka_agent.tasks.task import Array, State, Task


class VectorRewardWrapper(VectorWrapper):
    """Replace the rewards of a vector environment, in any of Gymnasium's autoreset modes.

    `infos` gains `native_reward` `(num_envs,)`, `reward_components` (name to `(num_envs,)`) and
    `reward_valid` (bool `(num_envs,)`): False where a next-step autoreset made this no real step; such a
    row pays 0 and must not be learned from. Where episodes ended there is `native_return`, the sum of an
    episode's native rewards, with the mask `_native_return`. Arguments and errors are those of RewardWrapper
    (`total_steps` are those of all worlds together: every step counts `num_envs`); TaskError, too, where the
    task reads from inside environments that live in other processes.
    """

    def __init__(
        self,
        env: VectorEnv,
        reward: GivenReward,
        task: GivenTask = None,
        *,
        total_steps: int | None = None,
    ) -> None:
        super().__init__(env)
        self._mode = _mode_of(env)
        found = given_task(task)
        self._reward = WrappedReward(reward, found, env.num_envs, total_steps=total_steps)
        self._reader = StateReader(env.single_observation_space)
        self._actions = ActionReader(env.single_action_space)
        self._single = _Single(env)
        self._spaces = SpaceTask(self._reward.function.source, self._single)
        if found is not None:
            check_environment(found, env.spec, env.single_observation_space, env.single_action_space)
            self._reach_inside(found)
        self._all = np.ones(env.num_envs, dtype=bool)
        self._none = np.zeros(env.num_envs, dtype=bool)
        self._ended = self._none
        """Worlds whose next step is their reset."""
        self._begun: tuple[Any, dict[str, Any]] | None = None
        self._native_return = np.zeros(env.num_envs)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset all worlds, or those of `options["reset_mask"]`."""
        mask = None if options is None else options.get("reset_mask")
        mask = self._all if mask is None else np.array(mask, dtype=bool)
        observations, infos = self.env.reset(seed=seed, options=options)  # type: ignore[arg-type]
        self._ended = self._ended & ~mask
        self._native_return = np.where(mask, 0.0, self._native_return)
        self._begin(observations, infos, mask)
        return observations, infos

    def step(self, actions: Any) -> tuple[Any, Array, Array, Array, dict[str, Any]]:
        """Step all worlds and return the new rewards in place of their own."""
        observations, native, terminated, truncated, infos = self.env.step(actions)
        done = np.asarray(terminated) | np.asarray(truncated)
        task, dummy = self._bound(infos), self._ended
        same = self._mode is AutoresetMode.SAME_STEP
        fresh = done if same else dummy
        after = self._state(task, observations, infos, due=self._all, fresh=fresh)
        action = self._actions.batch(actions)
        if not np.count_nonzero(fresh):
            output = self._reward.step(action, after)
        elif same:
            output = self._reward.step(action, self._with_final(task, after, infos, done))
            self._reward.restart(done, self._reward.begin(after, done))
        else:
            initial = self._reward.begin(after, dummy)
            output = self._reward.step(action, after)
            self._reward.restart(dummy, initial)
        self._ended = done if self._mode is AutoresetMode.NEXT_STEP else self._none
        valid = ~dummy
        paid = valid.astype(np.float32)
        added: dict[str, Any] = {
            "native_reward": np.array(native),
            "reward_components": {name: values * paid for name, values in output.components.items()},
            "reward_valid": valid,
        }
        added.update(self._returns(added["native_reward"], valid, done))
        reward = (output.reward * paid).astype(np.float64)
        return observations, reward, terminated, truncated, {**infos, **added}

    def set_progress(self, value: float) -> None:
        """Say how much of the training is done, from 0 to 1; from then on steps are not counted."""
        self._reward.progress.tell(value)

    def _returns(self, native: Array, valid: Array, done: Array) -> dict[str, Array]:
        """Count the native rewards of each episode, and tell those of episodes that ended."""
        self._native_return += native * valid
        if not np.count_nonzero(done):
            return {}
        told = self._native_return * done
        self._native_return[done] = 0.0
        return {"native_return": told, "_native_return": done}

    def _begin(self, observations: Any, infos: dict[str, Any], mask: Array) -> None:
        task = self._reward.task or self._spaces.make(self._single, _first(infos), stepped=False)
        if task is None:
            self._begun = observations, infos
            return
        if self._reward.task is None:
            self._reward.bind(task)
        self._reward.reset(self._state(task, observations, infos, due=mask, fresh=mask), mask)

    def _bound(self, infos: dict[str, Any]) -> Task:
        """Return the task; without one, it may take the `infos` of a first step to make it."""
        if self._reward.task is None:
            ended = {**infos.get("final_info", {}), **infos}
            task = self._spaces.make(self._single, _first(ended), stepped=True)
            assert task is not None
            self._reward.bind(task)
        assert self._reward.task is not None
        if self._begun is not None:
            (observations, first), self._begun = self._begun, None
            self._reward.reset(
                self._state(self._reward.task, observations, first, due=self._all, fresh=self._all)
            )
        return self._reward.task

    def _state(
        self, task: Task, observations: Any, infos: Mapping[str, Any], *, due: Array, fresh: Array
    ) -> dict[str, Array]:
        state = self._reader.batch(task, observations, infos, due=due, fresh=fresh)
        if task.reads_inside and (envs := _environments(self.env)) is not None:
            state.update(read_inside(task, envs))
        return state

    def _with_final(self, task: Task, after: State, infos: Mapping[str, Any], done: Array) -> State:
        """Return the state with the rows of ended episodes as they were before the same-step reset."""
        state = {name: array.copy() for name, array in after.items()}
        ended = np.flatnonzero(done)
        self._reader.put_final(state, task, infos["final_obs"], infos.get("final_info", {}), ended)
        envs = _environments(self.env) if task.reads_inside else None
        for name, rows in {} if envs is None else last_states(envs, ended).items():
            state[name][ended] = rows
        return state

    def _reach_inside(self, task: Task) -> None:
        """Raise TaskError if a task reads from inside environments that cannot be reached from here."""
        envs = _environments(self.env)
        if task.reads_inside and envs is None:
            kind = type(self.env.unwrapped).__name__
            raise TaskError(
                f"The task {task.name} reads its signals from inside each environment, and those of this "
                f"{kind} cannot be reached from here: they run in other processes, or all in one.",
                allowed="a SyncVectorEnv; or a task that reads observations and info only",
                fix="Wrap each environment where it is made: "
                "AsyncVectorEnv([lambda: RewardWrapper(gymnasium.make(...), reward, task)] * n).",
            )
        if task.reads_inside and self._mode is AutoresetMode.SAME_STEP and envs is not None:
            envs[:] = [TerminalState(env, task.behaviour) for env in envs]


class _Single:
    """The single spaces of a vector environment, under the names of a single environment."""

    def __init__(self, env: VectorEnv) -> None:
        self.observation_space = env.single_observation_space
        self.action_space = env.single_action_space
        self.spec = None


def _mode_of(env: VectorEnv) -> AutoresetMode:
    # Gymnasium 1.2 shares the metadata among all vectors of a class: the last one's mode stands there.
    mode = getattr(env.unwrapped, "autoreset_mode", None) or env.metadata.get("autoreset_mode")
    if mode is None:
        raise TaskError(
            "The vector environment does not say how it resets: metadata has no 'autoreset_mode'.",
            allowed=", ".join(str(known) for known in AutoresetMode),
            fix="Set env.metadata['autoreset_mode'] to the mode it uses.",
        )
    return AutoresetMode(mode)


def _environments(env: VectorEnv) -> list[gym.Env] | None:
    """Return the environments that are stepped one by one in this process, or None where there are none."""
    envs = getattr(env.unwrapped, "envs", None)
    return envs if isinstance(envs, list) and all(isinstance(each, gym.Env) for each in envs) else None


def _first(infos: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `info` of the first world that tells each entry."""
    first = {}
    for key, values in infos.items():
        if isinstance(values, np.ndarray) and not key.startswith("_"):
            there = np.flatnonzero(infos.get(f"_{key}", np.ones(len(values), dtype=bool)))
            if len(there):
                first[key] = values[there[0]]
    return first
