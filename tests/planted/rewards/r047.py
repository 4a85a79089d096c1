"""Centimetres of approach, and a bonus for being there."""

import numpy as np

THERE = 0.03  # m


def compute_reward(distance, prev_distance, torque, joint_limit_proximity):
    """Get closer step by step, and stay."""
    closer = prev_distance - distance
    approach = 100.0 * np.maximum(closer, 0.0)
    there = 0.5 * np.exp(-np.square(distance / THERE))
    effort = -1e-6 * np.sum(np.square(torque), axis=-1)
    stop = -0.1 * np.maximum(joint_limit_proximity[:, 0] - 0.95, 0.0)
    reward = approach + there + effort + stop
    return reward, {"approach": approach, "there": there, "effort": effort, "stop": stop}
