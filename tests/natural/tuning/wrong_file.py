import numpy as np


def compute_reward(x):
    w = np.loadtxt("weights.txt")
    r = x.sum() * w
    return r, {"r": r}
