"""Backward turning off the ground, an upward push while upright, a cost of lying."""

import numpy as np


def compute_reward(pitch_velocity, upright, height, z_velocity, foot_height, body_clearance, action):
    """Jump and turn over backwards."""
    airborne = np.clip(foot_height, 0.0, 0.5) * 2.0
    spin = np.clip(-pitch_velocity, -2.0, 8.0) * (0.1 + airborne)
    push = 0.3 * np.clip(z_velocity, 0.0, 4.0) * np.maximum(upright, 0.0)
    standing = np.where((upright > 0.7) & (height > 0.8), 0.5, 0.0)
    lying = np.where(body_clearance < 0.05, -2.0, 0.0)
    effort = -0.01 * np.sum(np.square(action), axis=-1)
    reward = spin + push + standing + lying + effort
    parts = {"spin": spin, "push": push, "standing": standing, "lying": lying, "effort": effort}
    return reward, parts
