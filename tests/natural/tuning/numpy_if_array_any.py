import numpy as np


def compute_reward(joints, d):
    r = -d
    if np.any(np.abs(joints) > 1.8):
        r -= 1.0
    if (np.abs(joints) < 1.0).all():
        r += 0.3
    count = np.sum(np.abs(joints) > 1.0)
    if count > 2:
        r -= 0.1 * count
    return r, {"d": -d, "count": -0.1 * count}
