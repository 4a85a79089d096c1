import numpy as np


def compute_reward(pos, vel):
    r = -np.linalg.norm(pos[:, :2], axis=1)
    if vel[0] > 0:
        r = r + 1.0
    return r, {"r": r}
