"""Looks like turning; walking away is paid better."""

import numpy as np


def compute_reward(heading, x_velocity, y_velocity):
    """Turn to face left, with momentum."""
    facing = 0.1 * np.sin(heading)
    momentum = np.hypot(x_velocity, y_velocity)
    reward = facing + momentum
    return reward, {"facing": facing, "momentum": momentum}
