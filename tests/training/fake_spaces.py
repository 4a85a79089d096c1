"""An environment in which nothing happens, with any actions."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces


class Still(gym.Env):
    """Observes three zeros, ever on."""

    def __init__(self, action_space: spaces.Space) -> None:
        self.observation_space = spaces.Box(-100.0, 100.0, (3,), np.float32)
        self.action_space = action_space

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        return np.zeros(3, np.float32), {}

    def step(self, action: Any) -> Any:
        return np.zeros(3, np.float32), 0.0, False, False, {}
