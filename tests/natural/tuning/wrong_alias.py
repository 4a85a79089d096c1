import numpy as np


def compute_reward(pos, vel):
    err = pos
    err -= vel
    r = -np.abs(err).sum(axis=1)
    return r, {"r": r}
