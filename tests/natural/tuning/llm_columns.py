import numpy as np


def compute_reward(pos, vel):
    scaled = np.zeros_like(vel)
    scaled[:, 0] = 2.0 * vel[:, 0]
    scaled[:, 1] = vel[:, 1]
    scaled[:, 2] -= np.abs(vel[:, 2])
    r = scaled.sum(axis=1) - pos.max(axis=-1)
    return r, {"scaled": scaled.sum(axis=1), "pos": -pos.max(axis=-1)}
