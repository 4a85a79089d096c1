import torch
from typing import Tuple, Dict
from torch import Tensor


@torch.jit.script
def quat_mul(a, b):
    shape = a.shape
    a = a.reshape(-1, 4)
    b = b.reshape(-1, 4)
    x1, y1, z1, w1 = a[:, 0], a[:, 1], a[:, 2], a[:, 3]
    x2, y2, z2, w2 = b[:, 0], b[:, 1], b[:, 2], b[:, 3]
    x = w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2
    y = w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2
    z = w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2
    w = w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2
    quat = torch.stack([x, y, z, w], dim=-1).view(shape)
    return quat


@torch.jit.script
def quat_conjugate(a):
    shape = a.shape
    a = a.reshape(-1, 4)
    return torch.cat((-a[:, :3], a[:, -1:]), dim=-1).view(shape)


@torch.jit.script
def compute_reward(object_rot: torch.Tensor, goal_rot: torch.Tensor, object_pos: torch.Tensor, goal_pos: torch.Tensor, actions: Tensor) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    quat_diff = quat_mul(object_rot, quat_conjugate(goal_rot))
    rot_dist = 2.0 * torch.asin(torch.clamp(torch.norm(quat_diff[:, 0:3], p=2, dim=-1), max=1.0))
    rot_rew = 1.0 / (torch.abs(rot_dist) + 0.1)
    goal_dist = torch.norm(object_pos - goal_pos, p=2, dim=-1)
    action_penalty = torch.sum(actions ** 2, dim=-1)
    reward = -10.0 * goal_dist + rot_rew - 0.0002 * action_penalty
    reward = torch.where(goal_dist >= 1.2, reward - 5.0, reward)
    return reward, {"rot": rot_rew, "dist": -10.0 * goal_dist}
