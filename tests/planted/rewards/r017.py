"""Upright, still and gentle."""

import numpy as np

ANGLE_SCALE = 0.02  # rad, how far from the top the pull is still felt
SPEED_SCALE = 2.0  # rad/s


def compute_reward(angle, angular_velocity, torque):
    """Swing up and hold."""
    upright = np.exp(-np.square(angle / ANGLE_SCALE))
    still = 0.3 * upright * np.exp(-np.square(angular_velocity / SPEED_SCALE))
    gentle = -0.005 * np.square(torque)
    reward = upright + still + gentle
    return reward, {"upright": upright, "still": still, "gentle": gentle}
