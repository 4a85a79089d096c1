import torch
import torch.nn.functional as F


def compute_reward(dist, vel):
    reach = torch.exp(-dist)
    penalty = F.dropout(vel, p=0.1).square().sum(dim=-1)
    return reach - 0.01 * penalty, {"reach": reach, "penalty": -0.01 * penalty}
