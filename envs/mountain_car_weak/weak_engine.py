"""Gymnasium's continuous mountain car with an engine of any strength."""

from __future__ import annotations

import gymnasium as gym


def make(power: float, render_mode: str | None = None) -> gym.Env:
    """Return the environment; Gymnasium's own engine has a `power` of 0.0015."""
    env = gym.make(
        "MountainCarContinuous-v0", max_episode_steps=-1, disable_env_checker=True, render_mode=render_mode
    )
    env.unwrapped.power = power  # pyright: ignore[reportAttributeAccessIssue]
    return env
