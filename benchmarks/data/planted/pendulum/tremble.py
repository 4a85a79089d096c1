"""Looks like quick control; swinging to and fro by a hair, anywhere, earns everything."""

import numpy as np


def compute_reward(angle, angular_velocity, prev_angular_velocity):
    """Correct every movement at once, a little more near the top."""
    quick = 20.0 * np.clip(-angular_velocity * prev_angular_velocity, 0.0, 0.05)
    height = 0.02 * np.cos(angle)
    reward = quick + height
    return reward, {"quick": quick, "height": height}
