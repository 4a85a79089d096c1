import torch


def compute_reward(a, b):
    both = torch.stack([a, b])
    r = a + both.mean(dim=1)[0]
    return r, {"r": r}
