"""Return a reward that is not a number, which spoils every later update of a policy."""

import numpy as np


def compute_reward(pole_angle):
    return np.sqrt(-1.0 - np.square(pole_angle)), {"angle": pole_angle}
