import torch


def compute_reward(x):
    far = x > 0.5
    r = x * (1.0 - far)
    return r, {"r": r}
