"""An environment whose pictures tell which step they show, and one that cannot be rendered."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

LENGTH = 40


class Steps(gym.Env):
    """Ends after `LENGTH` steps; the red of a picture is the number of the step."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 50}  # noqa: RUF012

    def __init__(self, render_mode: str | None, broken: bool) -> None:
        self.observation_space = spaces.Box(-1.0, 1.0, (2,), np.float32)
        self.action_space = spaces.Discrete(2)
        self.render_mode, self.broken, self.count = render_mode, broken, 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.count = 0
        return self.np_random.uniform(-1.0, 1.0, 2).astype(np.float32), {}

    def step(self, action: Any) -> Any:
        self.count += 1
        observation = self.np_random.uniform(-1.0, 1.0, 2).astype(np.float32)
        return observation, float(action), self.count >= LENGTH, False, {}

    def render(self) -> Any:
        assert self.render_mode == "rgb_array"
        if self.broken:
            raise RuntimeError("no display")
        return np.full((8, 8, 3), (self.count, 0, 0), dtype=np.uint8)


def make(render_mode: str | None = None) -> gym.Env:
    return Steps(render_mode, broken=False)


def make_broken(render_mode: str | None = None) -> gym.Env:
    return Steps(render_mode, broken=True)


def make_blind() -> gym.Env:
    return Steps(None, broken=False)
