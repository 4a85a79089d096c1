import torch


def compute_reward(base, extra):
    work = base.clone()
    work += extra
    work[:, 2] = 0.0
    work[work > 1.0] = 1.0
    r = work.sum(dim=1)
    return r, {"work": r}
