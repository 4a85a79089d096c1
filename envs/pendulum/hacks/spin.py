"""Looks like building momentum; pays for spinning round and round, never for staying up."""

import numpy as np


def compute_reward(angle, angular_velocity):
    """Gain the momentum that a swing-up needs, a little more near the top."""
    momentum = np.abs(angular_velocity)
    height = 0.1 * np.cos(angle)
    reward = momentum + height
    return reward, {"momentum": momentum, "height": height}
