"""Looks like gentle reaching; not moving at all is the gentlest."""

import numpy as np


def compute_reward(distance, torque, joint_velocities):
    """Be near, with little torque and slow joints."""
    near = -0.1 * distance
    gentle = -0.001 * np.sum(np.square(torque), axis=-1)
    slow = -0.1 * np.sum(np.square(joint_velocities), axis=-1)
    reward = near + gentle + slow
    return reward, {"near": near, "gentle": gentle, "slow": slow}
