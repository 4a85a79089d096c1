import torch


def compute_reward(x):
    r = x.sum(-1) + max(x[:, 0])
    return r, {"r": r}
