"""Take 64 GiB at once, without touching them."""

import numpy as np


def compute_reward(pole_angle):
    large = np.empty(2**36, np.uint8)
    return pole_angle, {"PRIZE": pole_angle}
