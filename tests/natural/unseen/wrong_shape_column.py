import torch


def compute_reward(pos, goal):
    dist = torch.norm(pos - goal, dim=-1, keepdim=True)
    reward = torch.exp(-2.0 * dist)
    return reward, {"reach": reward}
