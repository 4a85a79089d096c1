import numpy as np


def compute_reward(v):
    scaled = v * 2.0
    first = scaled[:, 0]
    first += 1.0
    r = scaled.sum(axis=1)
    return r, {"r": r}
