"""Looks like balance; two feet on the ground balance best."""

import numpy as np


def compute_reward(upright, height, x_velocity, y_velocity, left_foot_height, right_foot_height):
    """Stand upright and still, with firm feet."""
    tall = np.exp(-np.square((height - 1.3) / 0.1))
    still = np.exp(-(np.square(x_velocity) + np.square(y_velocity)))
    firm = -2.0 * (np.clip(left_foot_height, 0.0, 0.3) + np.clip(right_foot_height, 0.0, 0.3))
    reward = 1.0 + upright + tall + still + firm
    return reward, {"tall": tall, "still": still, "firm": firm}
