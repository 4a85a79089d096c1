import torch


def compute_reward(d, x):
    dist = torch.norm(d, dim=1, keepdim=True)
    r = (dist - x).sum(dim=1)
    return r, {"r": r}
