import torch


def compute_reward(object_pos, goal_pos, actions):
    num_envs = object_pos.shape[0]
    dist = torch.norm(object_pos - goal_pos, dim=1)
    reward = torch.zeros(num_envs, device=object_pos.device)
    reward += torch.exp(-5.0 * dist)
    success = dist < 0.3
    reward[success] += 2.0
    reward[dist > 1.5] = -1.0
    near = (dist >= 0.3) & (dist < 0.6)
    reward[near] *= 1.5
    penalty = 0.01 * torch.sum(actions.pow(2), dim=-1)
    reward = reward - penalty
    return reward, {"success": success.float(), "penalty": -penalty}
