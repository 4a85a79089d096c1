"""Foot height, and a spring in the leg."""

import numpy as np


def compute_reward(foot_height, z_velocity, pitch, x_position, impact, joint_limit_proximity):
    """Jump high on the spot, land softly."""
    high = 5.0 * np.clip(foot_height, 0.0, 1.0)
    spring = np.where(foot_height > 0.02, 0.5 * np.maximum(z_velocity, 0.0), 0.0)
    upright = 0.5 * np.exp(-np.square(pitch / 0.25)) + 0.5
    spot = -0.5 * np.square(x_position)
    soft = -0.0005 * np.maximum(impact - 800.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = high + spring + upright + spot + soft + stops
    parts = {"high": high, "spring": spring, "upright": upright, "spot": spot, "soft": soft, "stops": stops}
    return reward, parts
