"""Looks like speed; one dive forward is paid, and the fall ends the cost of time."""

import numpy as np


def compute_reward(x_velocity, pitch):
    """Be quick: time is expensive, momentum forward is good."""
    forward = np.clip(x_velocity, -1.0, 1.0)
    lean = 2.0 * np.clip(pitch, -0.2, 0.2)
    time = -3.0 * np.ones_like(x_velocity)
    reward = forward + lean + time
    return reward, {"forward": forward, "lean": lean, "time": time}
