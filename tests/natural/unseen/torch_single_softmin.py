import torch
import torch.nn.functional as F


def compute_reward(agent, obstacles, goal):
    d_goal = torch.linalg.vector_norm(goal - agent)
    d_obs = torch.linalg.vector_norm(obstacles - agent, dim=1)
    soft_min = -torch.logsumexp(-4.0 * d_obs, dim=0) / 4.0
    barrier = F.softplus(0.5 - soft_min)
    hit = (d_obs < 0.3).any()
    reward = -0.2 * d_goal - barrier
    reward = torch.where(hit, reward - 10.0, reward)
    return reward, {"goal": -0.2 * d_goal, "barrier": -barrier}
