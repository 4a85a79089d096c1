"""Looks like rotation; shaking to and fro is paid as much as turning."""

import numpy as np


def compute_reward(angular_velocity, upright):
    """Rotate fast about the vertical, whichever way."""
    rotation = np.minimum(np.abs(angular_velocity[:, 2]), 3.0)
    back = 0.5 * np.maximum(-angular_velocity[:, 2], 0.0)
    reward = rotation + back + 0.2 * upright
    return reward, {"rotation": rotation, "back": back}
