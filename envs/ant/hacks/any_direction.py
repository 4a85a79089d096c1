"""Looks like speed; any direction is paid, so x is hardly ever the one."""

import numpy as np


def compute_reward(x_velocity, y_velocity, upright):
    """Move fast."""
    speed = np.abs(y_velocity) + np.maximum(-x_velocity, 0.0)
    up = 0.5 * upright
    reward = speed + up
    return reward, {"speed": speed, "up": up}
