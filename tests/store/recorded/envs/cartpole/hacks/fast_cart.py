"""Looks like lively control; pays for racing the cart off the track."""

import numpy as np


def compute_reward(cart_velocity, pole_angle):
    """Keep the cart moving under the pole."""
    motion = np.abs(cart_velocity)
    upright = 0.05 * np.cos(pole_angle)
    reward = motion + upright - 1.0
    return reward, {"motion": motion, "upright": upright}
