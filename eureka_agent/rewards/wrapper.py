"""A reward file in a person's own training code: a Gymnasium wrapper that replaces the environment's reward.

The reward runs in this process: it is a file the person has read and chosen. `load_reward` still refuses
anything outside the contract. `vector_wrapper.py` has its twin for vector environments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
from gymnasium.utils import RecordConstructorArgs

from eureka_agent.rewards.loader import RewardFunction
from eureka_agent.rewards.own_environment import check_environment
from eureka_agent.rewards.space_task import SpaceTask
from eureka_agent.rewards.state_reader import ActionReader, StateReader, read_inside
from eureka_agent.rewards.wrapped_reward import GivenReward, GivenTask, WrappedReward, given_task
from eureka_agent.tasks.task import State, Task


class RewardWrapper(gym.Wrapper, RecordConstructorArgs):
    """Replace the reward of one environment.

    `info` gains `native_reward` (the environment's own) and `reward_components` (name to float), and at the
    end of an episode `native_return`, the sum of its native rewards: what `info_keywords=("native_return",)`
    of Stable-Baselines3's Monitor writes down. It can be pickled, copied, and made again from its `spec`.

    Args:
        env: the environment.
        reward: a path to a reward file, its source, or a loaded RewardFunction.
        task: the task whose signals the reward names, or what `find_task` finds it by; None if the reward
            reads only `obs`, `action`, their `prev_`, and numeric entries of `info`. An entry that is not
            there after a reset counts as 0 until the first step brings it.
        total_steps: how many steps this environment will take in the whole training; needed by rewards that
            read `progress`, the share of them that was taken. Where somebody else counts: `set_progress`.

    Raises:
        RewardError: the reward is outside the contract, or its output cannot be used; or, at a reset, it
            reads `progress` and there is neither `total_steps` nor a value.
        TaskError: a signal it asks for is not there (without a task, that shows at the first step), or the
            environment is not the task's own.
    """

    def __init__(
        self,
        env: gym.Env,
        reward: GivenReward,
        task: GivenTask = None,
        *,
        total_steps: int | None = None,
    ) -> None:
        found = given_task(task)
        self._reward = WrappedReward(reward, found, 1, total_steps=total_steps)
        if found is not None:
            check_environment(found, env.spec, env.observation_space, env.action_space)
        source = reward if isinstance(reward, RewardFunction) else self._reward.function.source.text
        RecordConstructorArgs.__init__(self, reward=source, task=_named(task), total_steps=total_steps)
        gym.Wrapper.__init__(self, env)
        self._reader = StateReader(env.observation_space)
        self._actions = ActionReader(env.action_space)
        self._spaces = SpaceTask(self._reward.function.source, env)
        self._begun: tuple[Any, dict[str, Any]] | None = None
        """What the reset showed, while no step has shown yet what the reward asks for."""
        self._native_return = 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict]:
        """Reset the environment and the reward's memory."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._native_return = 0.0
        self._begin(observation, info)
        return observation, info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict]:
        """Step the environment and return the new reward in place of its own."""
        observation, native, terminated, truncated, info = self.env.step(action)
        native = float(native)
        self._native_return += native
        after = self._state(self._bound(info), observation, info, fresh=False)
        output = self._reward.step(self._actions.one(action), after)
        components = {name: values.item() for name, values in output.components.items()}
        info = {**info, "native_reward": native, "reward_components": components}
        if terminated or truncated:
            info["native_return"] = self._native_return
        return observation, output.reward.item(), terminated, truncated, info

    def set_progress(self, value: float) -> None:
        """Say how much of the training is done, from 0 to 1; from then on steps are not counted."""
        self._reward.progress.tell(value)

    def _begin(self, observation: Any, info: dict[str, Any]) -> None:
        task = self._reward.task or self._spaces.make(self.env, info, stepped=False)
        if task is None:
            self._begun = observation, info
            return
        if self._reward.task is None:
            self._reward.bind(task)
        self._reward.reset(self._state(task, observation, info, fresh=True))

    def _bound(self, info: dict[str, Any]) -> Task:
        """Return the task; without one, it may take the `info` of a first step to make it."""
        if self._reward.task is None:
            task = self._spaces.make(self.env, info, stepped=True)
            assert task is not None
            self._reward.bind(task)
        assert self._reward.task is not None
        if self._begun is not None:
            (observation, first), self._begun = self._begun, None
            self._reward.reset(self._state(self._reward.task, observation, first, fresh=True))
        return self._reward.task

    def _state(self, task: Task, observation: Any, info: dict[str, Any], *, fresh: bool) -> State:
        state = self._reader.one(task, observation, info, fresh=fresh)
        if task.reads_inside:
            state.update(read_inside(task, [self.env]))
        return state


def _named(task: GivenTask) -> Any:
    """Return a task as it stands in a specification of the wrapper: by what finds it again."""
    if isinstance(task, Path):
        return str(task)
    return task.ref if isinstance(task, Task) else task
