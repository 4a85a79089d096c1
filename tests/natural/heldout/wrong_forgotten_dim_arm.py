import torch


def compute_reward(tcp, target, dof_pos):
    dist = (tcp - target).norm(dim=1)
    posture = -0.1 * dof_pos.abs().mean()
    reward = torch.where(dist < 0.5, 1.0 + posture, posture)
    return reward, {"dist": -dist, "posture": posture * torch.ones_like(dist)}
