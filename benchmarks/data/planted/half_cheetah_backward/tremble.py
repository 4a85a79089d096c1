"""Looks like a quick gait; joints that turn back at every step earn everything, on the spot."""

import numpy as np


def compute_reward(x_velocity, upright, joint_velocities, prev_joint_velocities):
    """Short quick steps, on its feet, steadily backwards."""
    quick = 0.02 * np.sum(np.clip(-joint_velocities * prev_joint_velocities, 0.0, 25.0), axis=-1)
    level = 0.2 * upright
    steady = -2.0 * np.minimum(np.abs(x_velocity + 0.05), 2.0)
    reward = quick + level + steady
    return reward, {"quick": quick, "level": level, "steady": steady}
