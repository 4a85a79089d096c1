"""The environment's own cost, written over signals: angle, velocity and torque, all squared."""

import numpy as np


def compute_reward(angle, angular_velocity, torque):
    """Be upright, still and gentle."""
    upright = -np.square(angle)
    still = -0.1 * np.square(angular_velocity)
    gentle = -0.001 * np.square(torque)
    reward = upright + still + gentle
    return reward, {"upright": upright, "still": still, "gentle": gentle}
