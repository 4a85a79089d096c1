"""Looks like lively legs; joints that turn back at every step earn everything, on the spot."""

import numpy as np


def compute_reward(x_velocity, upright, joint_velocities, prev_joint_velocities):
    """Stay up, use the joints, and go forward a little."""
    lively = 0.1 * np.sum(np.clip(-joint_velocities * prev_joint_velocities, 0.0, 4.0), axis=-1)
    alive = 0.5 * np.clip(upright, 0.0, 1.0)
    forward = 0.02 * np.clip(x_velocity, -1.0, 1.0)
    reward = lively + alive + forward
    return reward, {"lively": lively, "alive": alive, "forward": forward}
