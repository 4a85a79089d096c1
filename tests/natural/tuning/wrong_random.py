import numpy as np


def compute_reward(x):
    r = x + np.random.normal(0, 0.1, size=x.shape)
    return r, {"r": r}
