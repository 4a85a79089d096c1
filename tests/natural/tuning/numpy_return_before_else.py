import numpy as np


def stage(d):
    if d > 0.7:
        return 0.0
    elif d > 0.3:
        value = 1.0 - d
        return value * 2
    else:
        return 3.0


def compute_reward(d, v):
    s = stage(d)
    if s > 2.0:
        reward = s - 0.1 * abs(v)
        return reward, {"stage": s}
    else:
        reward = s
        return reward, {"stage": s}
