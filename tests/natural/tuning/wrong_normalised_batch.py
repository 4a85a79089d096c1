import torch


def compute_reward(d, e):
    r = d / torch.max(d) - e
    return r, {"r": r}
