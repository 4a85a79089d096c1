"""Looks like speed; the fall forward is paid, and ends the cost of time."""

import numpy as np


def compute_reward(x_velocity, upright):
    """Be quick: time is expensive, leaning forward helps."""
    forward = np.clip(x_velocity, -1.0, 1.0)
    lean = 1.0 - upright
    time = -3.0 * np.ones_like(x_velocity)
    reward = forward + lean + time
    return reward, {"forward": forward, "lean": lean, "time": time}
