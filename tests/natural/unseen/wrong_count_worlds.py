import torch


def compute_reward(pos, goal):
    num_envs = pos.shape[0]
    dist = torch.norm(pos - goal, dim=-1)
    reward = torch.exp(-dist) / num_envs
    return reward, {"reach": reward}
