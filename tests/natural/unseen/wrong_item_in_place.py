import numpy as np


def compute_reward(error):
    error[np.abs(error) < 0.05] = 0.0
    cost = np.sum(error**2, axis=1)
    return -cost, {"cost": -cost}
