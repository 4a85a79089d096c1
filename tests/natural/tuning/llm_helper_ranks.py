import torch


def norm_sq(x):
    return torch.sum(x * x, dim=-1)


def first(x):
    return x[..., 0]


def compute_reward(q, v, feet):
    height = norm_sq(feet).mean(dim=-1)
    r = -norm_sq(q) - 0.1 * norm_sq(v) + 0.2 * height + first(v) + first(feet).sum(-1)
    return r, {"q": -norm_sq(q), "v": -0.1 * norm_sq(v), "feet": 0.2 * height}
