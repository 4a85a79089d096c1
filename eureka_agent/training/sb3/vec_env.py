"""A task's worlds as Stable-Baselines3 wants them, unpaid: rewards come once a rollout is complete."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from stable_baselines3.common.vec_env import VecEnv

from eureka_agent.tasks.task import Signals
from eureka_agent.tasks.worlds import GymWorlds, StepResult

Array = np.ndarray


class Steps(NamedTuple):
    """What happened in T steps of N worlds: a rollout as `RolloutSteps` has it."""

    signals: Signals
    native_reward: Array
    done: Array
    first: Array
    progress: float


class TaskVecEnv(VecEnv):
    """Same-step autoreset; truncated episodes carry what Stable-Baselines3 needs to bootstrap them.

    Every reward is zero; `take` gives what `signals` were measured for.
    """

    def __init__(self, worlds: GymWorlds, signals: tuple[str, ...]) -> None:
        super().__init__(worlds.num_envs, worlds.policy_space, worlds.action_space)
        self.worlds = worlds
        self.env_steps = 0
        self._signals = signals
        self._steps: list[StepResult] = []
        self._actions: Array = np.zeros(0)

    def reset(self) -> Array:
        """Start an episode in every world; returns observations `(num_envs, dim)`."""
        return self.worlds.reset()

    def enter(self, worlds: GymWorlds) -> None:
        """Go on in other worlds of the same spaces; the next call must be `reset`."""
        self.worlds.close()
        self.worlds = worlds

    def step_async(self, actions: Array) -> None:
        """Store the actions `(num_envs, ...)`; the step happens in `step_wait`."""
        self._actions = actions

    def step_wait(self) -> tuple[Array, Array, Array, list[dict[str, Any]]]:
        """Step every world: observations `(num_envs, dim)`, rewards and dones `(num_envs,)`, infos."""
        step = self.worlds.step(self._actions, measure=bool(self._signals))
        self.env_steps += self.num_envs
        self._steps.append(step)
        done = step.done
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for world in np.flatnonzero(done):
            infos[world] = {
                "terminal_observation": step.final_policy_obs[world],
                "TimeLimit.truncated": bool(step.truncated[world] and not step.terminated[world]),
            }
        return step.policy_obs, np.zeros(self.num_envs, dtype=np.float32), done, infos

    def take(self, *, progress: float) -> Steps:
        """Return the steps since the last call, of which there must be one, and forget them.

        `progress` is the share of the training that was done before them.
        """
        steps, self._steps = self._steps, []
        return Steps(
            signals={name: np.stack([step.signals[name] for step in steps]) for name in self._signals},
            native_reward=np.stack([step.native_reward for step in steps]),
            done=np.stack([step.done for step in steps]),
            first=np.stack([step.first for step in steps]),
            progress=progress,
        )

    def close(self) -> None:
        """Close every environment."""
        self.worlds.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Return an attribute of the task's environments; only rendering asks for one."""
        if attr_name == "render_mode":
            return [None] * self.num_envs
        raise AttributeError(attr_name)

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Worlds share no settable attributes."""
        raise AttributeError(attr_name)

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        """Worlds offer no methods of their own."""
        raise AttributeError(method_name)

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:
        """No wrapper of Stable-Baselines3 is inside."""
        return [False] * self.num_envs
