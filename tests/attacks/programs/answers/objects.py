"""Return an array of objects, which only unpickling could carry."""

import numpy as np


def compute_reward(pole_angle):
    return np.array([open] * len(pole_angle), dtype=object), {"angle": pole_angle}
