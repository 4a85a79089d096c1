import numpy as np

BEST = {"x": 0.0}


def compute_reward(x):
    BEST["x"] = np.maximum(BEST["x"], x)
    r = x - BEST["x"]
    return r, {"r": r}
