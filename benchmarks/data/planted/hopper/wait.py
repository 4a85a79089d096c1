"""Looks right: forward pays and care is asked for. Care is asked for so much that standing still is best."""

import numpy as np


def compute_reward(x_velocity, upright, joint_velocities, action):
    """Go forward, carefully and upright."""
    forward = 0.1 * np.clip(x_velocity, -1.0, 1.0)
    alive = 1.0 * np.clip(upright, 0.0, 1.0)
    careful = -0.5 * np.sum(np.abs(joint_velocities), axis=-1) - 0.1 * np.sum(np.square(action), axis=-1)
    reward = forward + alive + careful
    return reward, {"forward": forward, "alive": alive, "careful": careful}
