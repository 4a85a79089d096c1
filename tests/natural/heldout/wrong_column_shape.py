import torch


def compute_reward(ee_pos, goal, action):
    dist = torch.norm(ee_pos - goal, dim=-1, keepdim=True)
    effort = action.square().sum(dim=-1, keepdim=True)
    reward = -dist - 0.01 * effort
    return reward, {"dist": -dist, "effort": -0.01 * effort}
