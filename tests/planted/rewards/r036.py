"""Turning backwards in the air, a push off the ground, standing, no lying, soft landings."""

import numpy as np


def compute_reward(pitch_velocity, upright, height, z_velocity, foot_height, body_clearance, impact, action):
    """Jump, turn over backwards, land."""
    airborne = 2.0 * np.clip(foot_height, 0.0, 0.5)
    spin = np.clip(-pitch_velocity, -2.0, 8.0) * (0.1 + airborne)
    push = 0.3 * np.clip(z_velocity, 0.0, 4.0) * np.maximum(upright, 0.0)
    standing = np.where((upright > 0.7) & (height > 0.8), 0.4, 0.0)
    lying = np.where(body_clearance < 0.05, -2.0, 0.0)
    soft = -0.0005 * np.maximum(impact - 800.0, 0.0)
    effort = -0.01 * np.sum(np.square(action), axis=-1)
    reward = spin + push + standing + lying + soft + effort
    parts = {"spin": spin, "push": push, "standing": standing, "lying": lying, "soft": soft}
    return reward, {**parts, "effort": effort}
