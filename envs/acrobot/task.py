"""Acrobot: joint angles, their velocities, the tip's height, and the steps until it is above the line."""

from __future__ import annotations

import numpy as np

LINE_HEIGHT_M = 1.0


def _measured(state, action):
    obs = state["obs"]
    cos_first, sin_first, cos_second, sin_second = obs[:, 0], obs[:, 1], obs[:, 2], obs[:, 3]
    # -cos(first) - cos(first + second), by the sum of angles.
    tip_height = -cos_first - (cos_first * cos_second - sin_first * sin_second)
    return {
        "first_angle": np.arctan2(sin_first, cos_first),
        "second_angle": np.arctan2(sin_second, cos_second),
        "first_angular_velocity": obs[:, 4],
        "second_angular_velocity": obs[:, 5],
        "tip_height": tip_height,
        "action": action,
    }


def initial_signals(state):
    return _measured(state, np.zeros((state["obs"].shape[0], 3), dtype=np.float32))


def signals(before, action, after):
    return _measured(after, action)


def _above(signals):
    return signals["tip_height"] > LINE_HEIGHT_M


def fitness_step(signals):
    """Minus one for every step that ends below the line, zero for the step that crosses it."""
    return np.where(_above(signals), np.float32(0.0), np.float32(-1.0))


def events(signals):
    return {"the tip is above the line": _above(signals)}
