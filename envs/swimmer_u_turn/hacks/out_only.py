"""Looks like the first half; swims out for ever and never turns."""

import numpy as np


def compute_reward(x_velocity, heading):
    """Swim straight and fast."""
    forward = x_velocity
    straight = 0.05 * np.cos(heading)
    reward = forward + straight
    return reward, {"forward": forward, "straight": straight}
