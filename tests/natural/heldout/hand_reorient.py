from typing import Dict, Tuple

import torch
from torch import Tensor


@torch.jit.script
def quat_mul(a: Tensor, b: Tensor) -> Tensor:
    x1, y1, z1, w1 = a[:, 0], a[:, 1], a[:, 2], a[:, 3]
    x2, y2, z2, w2 = b[:, 0], b[:, 1], b[:, 2], b[:, 3]
    w = w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2
    x = w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2
    y = w1 * y2 + y1 * w2 + z1 * x2 - x1 * z2
    z = w1 * z2 + z1 * w2 + x1 * y2 - y1 * x2
    return torch.stack([x, y, z, w], dim=-1)


@torch.jit.script
def quat_conjugate(a: Tensor) -> Tensor:
    return torch.cat((-a[:, :3], a[:, -1:]), dim=-1)


@torch.jit.script
def compute_reward(
    object_pos: Tensor, object_rot: Tensor, target_pos: Tensor, target_rot: Tensor, actions: Tensor
) -> Tuple[Tensor, Dict[str, Tensor]]:
    dist_reward_scale = -10.0
    rot_reward_scale = 1.0
    rot_eps = 0.1
    success_tolerance = 0.9

    goal_dist = torch.norm(object_pos - target_pos, p=2, dim=-1)
    quat_diff = quat_mul(object_rot, quat_conjugate(target_rot))
    rot_dist = 2.0 * torch.asin(torch.clamp(torch.norm(quat_diff[:, 0:3], p=2, dim=-1), max=0.95))

    dist_rew = goal_dist * dist_reward_scale
    rot_rew = 1.0 / (torch.abs(rot_dist) + rot_eps) * rot_reward_scale
    action_penalty = torch.sum(actions**2, dim=-1)

    # Total reward is: position distance + orientation alignment + action regularization + success bonus
    reward = dist_rew + rot_rew + action_penalty * -0.0002
    goal_resets = torch.where(torch.abs(rot_dist) <= success_tolerance, torch.ones_like(reward), torch.zeros_like(reward))
    reward = torch.where(goal_resets == 1, reward + 250, reward)
    reward = torch.where(goal_dist >= 0.6, reward - 50.0, reward)
    return reward, {"dist": dist_rew, "rot": rot_rew, "action": -0.0002 * action_penalty}
