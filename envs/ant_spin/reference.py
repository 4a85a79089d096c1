"""Rotation about the vertical, upright, near the start."""

import numpy as np


def compute_reward(angular_velocity, upright, x_position, y_position, action):
    """Turn anticlockwise on the spot."""
    spin = np.clip(angular_velocity[:, 2], -3.0, 3.0)
    up = upright
    away = -0.5 * (np.square(x_position) + np.square(y_position))
    effort = -0.02 * np.sum(np.square(action), axis=-1)
    reward = spin + 0.5 * up + np.maximum(away, -2.0) + effort
    return reward, {"spin": spin, "up": up, "away": away, "effort": effort}
