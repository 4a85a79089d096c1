"""Looks like height; one leap is paid, and nothing asks for a landing."""

import numpy as np


def compute_reward(height, z_velocity):
    """Take off hard: every moment on the ground costs."""
    rise = np.maximum(z_velocity, 0.0)
    ground = np.where(height < 1.3, -4.0, 0.0)
    reward = rise + ground
    return reward, {"rise": rise, "ground": ground}
