import numpy as np


def compute_reward(x, y):
    r = np.zeros_like(x)
    mask = x > 0
    r[mask] = y[mask].mean()
    return r, {"r": r}
