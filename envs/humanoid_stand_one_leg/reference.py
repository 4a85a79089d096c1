"""The left foot up, the right one down and under the centre of mass, upright, still, alive."""

import numpy as np


def compute_reward(
    upright,
    height,
    x_velocity,
    y_velocity,
    left_foot_height,
    right_foot_height,
    com_position,
    right_foot_position,
    torque,
):
    """Balance on the right leg."""
    lifted = np.clip(left_foot_height, 0.0, 0.2) * 5.0
    standing = np.exp(-np.square(right_foot_height / 0.05))
    tall = np.exp(-np.square((height - 1.3) / 0.15))
    still = np.exp(-(np.square(x_velocity) + np.square(y_velocity)))
    off = com_position[:, :2] - right_foot_position[:, :2]
    balanced = np.exp(-np.sum(np.square(off), axis=-1) / 0.01)
    effort = -0.00002 * np.sum(np.square(torque), axis=-1)
    reward = 2.0 + lifted * standing + tall + still + balanced + upright + effort
    parts = {"lifted": lifted, "standing": standing, "tall": tall, "still": still, "balanced": balanced}
    return reward, parts
