"""Height of the foot above all, upright, on the spot, and alive."""

import numpy as np


def compute_reward(foot_height, pitch, x_position, x_velocity, action):
    """Jump high on the spot."""
    high = 5.0 * np.clip(foot_height, 0.0, 1.0)
    upright = np.exp(-np.square(pitch / 0.2))
    spot = -0.5 * np.square(x_position) - 0.1 * np.square(x_velocity)
    effort = -0.005 * np.sum(np.square(action), axis=-1)
    reward = high + 0.5 * upright + spot + effort + 0.5
    return reward, {"high": high, "upright": upright, "spot": spot, "effort": effort}
