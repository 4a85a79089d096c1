"""Looks right: upright pays, speed and torque cost. They cost so much that hanging still is best."""

import numpy as np


def compute_reward(angle, angular_velocity, torque):
    """Stand upright, quietly."""
    upright = 0.1 * np.exp(-np.square(angle / 0.2))
    quiet = -1.0 * np.abs(angular_velocity)
    effort = -2.0 * np.abs(torque)
    reward = upright + quiet + effort
    return reward, {"upright": upright, "quiet": quiet, "effort": effort}
