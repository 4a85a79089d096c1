"""Let a NumPy function write its result into a signal."""

import numpy as np


def compute_reward(pole_angle):
    return np.multiply(pole_angle, 0.0, out=pole_angle), {"angle": pole_angle}
