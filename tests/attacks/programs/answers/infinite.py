"""Return a reward without bound."""

import numpy as np


def compute_reward(pole_angle):
    return np.exp(1000.0 + np.square(pole_angle)), {"angle": pole_angle}
