"""Environments that break their promises for some seeds only, or need much memory."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from eureka_agent.seeds import seed_for

UNLUCKY = {seed_for(2, "world", index) for index in range(2)}


class Fragile(gym.Env):
    """Counts to ten; breaks at the fifth step where it was reset with an unlucky seed."""

    observation_space = spaces.Box(-1.0, 20.0, (1,), np.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict]:
        super().reset(seed=seed)
        self.unlucky = seed in UNLUCKY
        self.count = 0
        return self._observed(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict]:
        self.count += 1
        if self.unlucky and self.count == 5:
            raise RuntimeError("the fragile environment broke")
        return self._observed(), float(action), self.count >= 10, False, {}

    def _observed(self) -> Any:
        return np.array([self.count], dtype=np.float32)


def make() -> gym.Env:
    return Fragile()


class Undeclared(Fragile):
    """Observes two numbers where one is declared, after an unlucky reset."""

    def _observed(self) -> Any:
        declared = super()._observed()
        return np.concatenate([declared, declared]) if self.unlucky and self.count == 5 else declared

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict]:
        self.count += 1
        return self._observed(), float(action), self.count >= 10, False, {}


def undeclared() -> gym.Env:
    return Undeclared()


class Wide(gym.Env):
    """Observes five thousand zeros, so that a few candidates fill the memory in a few steps."""

    observation_space = spaces.Box(-1.0, 1.0, (5000,), np.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict]:
        super().reset(seed=seed)
        self.count = 0
        return np.zeros(5000, np.float32), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict]:
        self.count += 1
        return np.zeros(5000, np.float32), float(action), self.count >= 4, False, {}


def wide() -> gym.Env:
    return Wide()
