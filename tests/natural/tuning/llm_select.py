import numpy as np


def compute_reward(d, v):
    stage = np.select([d < 0.1, d < 0.5, d < 1.0], [3.0, 2.0, 1.0], default=0.0)
    shaped = 1.0 - d / 2.0
    r = stage
    r = r + shaped
    r = np.clip(r, a_min=None, a_max=3.5)
    r = r - 0.01 * np.power(v, 2)
    return r, {"stage": stage, "shaped": shaped}
