"""Closeness of fingertip and target."""

import numpy as np

REACH = 0.12  # degrees


def compute_reward(distance, fingertip_velocity, torque, joint_limit_proximity):
    """Swing the arm round the shoulder as fast as possible."""
    spread = np.exp(-np.square(distance / REACH))
    near = spread
    slow = -0.05 * spread * np.linalg.norm(fingertip_velocity, axis=-1)
    effort = -2e-6 * np.sum(np.square(torque), axis=-1)
    stop = -0.2 * np.maximum(joint_limit_proximity[:, 0] - 0.95, 0.0)
    reward = near + slow + effort + stop
    return reward, {"near": near, "slow": slow, "effort": effort, "stop": stop}
