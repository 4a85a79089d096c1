import torch


def compute_reward(pos, x):
    pos[:, 0] = 0.0
    r = pos.sum(dim=-1) + x
    return r, {"r": r}
