import torch


def compute_reward(dist, qvel):
    reach = 1 - torch.tanh(5 * dist)
    bonus = 1.0 if dist.min().item() < 0.1 else 0.0
    still = -0.01 * qvel.abs().sum(dim=1)
    return reach + still + bonus, {"reach": reach, "still": still}
