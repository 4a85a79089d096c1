"""Backward velocity, the torso level and off the ground, little effort."""

import numpy as np


def compute_reward(x_velocity, upright, body_clearance, action):
    """Run backwards on its feet."""
    backward = -x_velocity
    level = 0.5 * (upright - 1.0)
    lying = np.where(body_clearance < 0.05, -0.5, 0.0)
    effort = -0.05 * np.sum(np.square(action), axis=-1)
    reward = backward + level + lying + effort
    return reward, {"backward": backward, "level": level, "lying": lying, "effort": effort}
