import torch


def compute_reward(a, b, c):
    comps = {"a": a, "b": 0.5 * b, "c": c.sum(dim=-1)}
    total = torch.stack(list(comps.values()), dim=0).sum(dim=0)
    return total, comps
