import numpy as np


def compute_reward(x):
    r = x[:, 0] - x[0, 0]
    return r, {"r": r}
