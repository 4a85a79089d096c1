"""The engine's work, and the flag."""

import numpy as np


def compute_reward(position, velocity, force):
    """Push the way the car rolls: that is how a swing gains energy."""
    work = 10.0 * force * velocity
    flag = np.where(position >= 0.45, 10.0, 0.0)
    wall = np.where((position < -1.1) & (velocity < -0.03), -1.0, 0.0)
    reward = work + flag + wall
    return reward, {"work": work, "flag": flag, "wall": wall}
