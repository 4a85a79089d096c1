"""Looks like a gait; lifting the feet in turn on the spot is all it pays for."""

import numpy as np


def compute_reward(right_foot_height, left_foot_height, x_velocity, height):
    """Lift one foot at a time."""
    lift = np.abs(np.clip(right_foot_height, 0.0, 0.2) - np.clip(left_foot_height, 0.0, 0.2))
    steady = -1.0 * np.abs(x_velocity)
    tall = np.exp(-np.square((height - 1.25) / 0.2))
    reward = 5.0 * lift + steady + tall
    return reward, {"lift": lift, "steady": steady, "tall": tall}
