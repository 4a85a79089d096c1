import numpy as np


def compute_reward(mode, x):
    r = np.zeros_like(mode)
    r[x > 0] = 0.5
    return r + x, {"r": r}
