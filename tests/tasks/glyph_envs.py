"""A world of glyphs, as NetHack's are: what to do says the one to the right of the player."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

SIDE = 9
GLYPHS = SIDE * SIDE
VOCABULARY = 5977
RIGHT = GLYPHS // 2 + 1
"""Where the glyph is that matters: the centre is the player's."""
CHOICES = 4
LENGTH = 16
PLAIN = 6
KINDS = np.random.default_rng(0).choice(VOCABULARY, 24, replace=False)
"""The glyphs that there are; every fourth asks for the same choice, so that their order says nothing."""


class Crossroads(gym.Env):
    """Observes 81 glyphs and six plain numbers, and pays for the choice that one of the glyphs asks for."""

    observation_space = spaces.Box(-100.0, VOCABULARY - 1.0, (GLYPHS + PLAIN,), np.float32)
    action_space = spaces.Discrete(CHOICES)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict]:
        super().reset(seed=seed)
        self._count = 0
        return self._drawn(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict]:
        paid = float(action == self._asked)
        self._count += 1
        return self._drawn(), paid, self._count >= LENGTH, False, {}

    def _drawn(self) -> np.ndarray:
        drawn = self.np_random.integers(len(KINDS), size=GLYPHS)
        self._asked = drawn[RIGHT] % CHOICES
        plain = self.np_random.normal(20.0, 5.0, size=PLAIN)
        return np.concatenate([KINDS[drawn], plain]).astype(np.float32)


def make() -> gym.Env:
    return Crossroads()
