"""What a task reads from inside an environment, kept as it is when an episode ends."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from eureka_agent.errors import TaskError
from eureka_agent.tasks.task import Array, Behaviour


class TerminalState(gym.Wrapper):
    """Looks inside an environment at the end of an episode, before a same-step autoreset takes it away."""

    def __init__(self, env: gym.Env, behaviour: Behaviour) -> None:
        super().__init__(env)
        self._behaviour = behaviour
        self.last: dict[str, Array] | None = None
        """What the task read when an episode last ended; None once it was used."""

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step the environment, which is not changed."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        if terminated or truncated:
            read = self._behaviour.read_state(self.env)
            self.last = {name: np.array(value) for name, value in read.items()}
        return observation, reward, terminated, truncated, info


def last_states(envs: list[gym.Env], ended: Array) -> dict[str, Array]:
    """Return what stood inside the environments `ended` (indices) at the end, each `(len(ended), ...)`."""
    rows = []
    for world in ended:
        env = envs[world]
        if not isinstance(env, TerminalState) or env.last is None:
            raise TaskError(
                "An episode ended and was reset within the same step, before its last state could be read.",
                allowed="a vector environment that steps the environments in its list `envs`",
                fix="Use gymnasium.vector.SyncVectorEnv, or another autoreset mode.",
            )
        rows.append(env.last)
        env.last = None
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}
