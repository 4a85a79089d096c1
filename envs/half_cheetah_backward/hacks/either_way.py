"""Looks like speed; running forward pays just as well, and is easier."""

import numpy as np


def compute_reward(x_velocity, upright, action):
    """Move fast along the track."""
    speed = np.abs(x_velocity) + 0.5 * np.maximum(x_velocity, 0.0)
    level = 0.2 * upright
    effort = -0.05 * np.sum(np.square(action), axis=-1)
    reward = speed + level + effort
    return reward, {"speed": speed, "level": level, "effort": effort}
