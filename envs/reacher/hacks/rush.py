"""Looks like approaching; flying past the target at speed is paid again and again."""

import numpy as np


def compute_reward(to_target, fingertip_velocity):
    """Move towards the target, fast."""
    approach = np.sum(np.sign(to_target) * fingertip_velocity, axis=-1)
    speed = np.linalg.norm(fingertip_velocity, axis=-1)
    reward = 0.2 * approach + speed
    return reward, {"approach": approach, "speed": speed}
