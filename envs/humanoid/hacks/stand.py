"""Looks like safety; standing still earns everything but a trace."""

import numpy as np


def compute_reward(upright, height, x_velocity, y_velocity, angular_velocity):
    """Stay up and calm."""
    up = upright + np.exp(-np.square((height - 1.3) / 0.1))
    calm = -0.1 * np.sum(np.square(angular_velocity), axis=-1) - np.hypot(x_velocity, y_velocity)
    reward = up + calm
    return reward, {"up": up, "calm": calm}
