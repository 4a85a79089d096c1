"""Looks like a crouch; staying low on the spot earns everything."""

import numpy as np


def compute_reward(height, x_velocity):
    """Be low and steady."""
    low = np.exp(-np.square((height - 0.88) / 0.1))
    steady = -0.5 * np.abs(x_velocity)
    reward = low + steady
    return reward, {"low": low, "steady": steady}
