import torch


def compute_reward(x, velocity):
    r = x + velocity
    return r, {"r": r}
