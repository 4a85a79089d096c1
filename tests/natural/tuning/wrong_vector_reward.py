import numpy as np


def compute_reward(action, x):
    r = x - np.square(action)
    r *= 0.5
    return r, {"r": r}
