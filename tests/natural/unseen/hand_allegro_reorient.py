from typing import Dict, Tuple

import torch


@torch.jit.script
def quat_conjugate(a: torch.Tensor) -> torch.Tensor:
    return torch.cat((-a[:, :3], a[:, -1:]), dim=-1)


@torch.jit.script
def quat_mul(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    x1, y1, z1, w1 = a[:, 0], a[:, 1], a[:, 2], a[:, 3]
    x2, y2, z2, w2 = b[:, 0], b[:, 1], b[:, 2], b[:, 3]
    w = w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2
    x = w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2
    y = w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2
    z = w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2
    return torch.stack([x, y, z, w], dim=-1)


def compute_reward(
    object_pos: torch.Tensor,
    goal_pos: torch.Tensor,
    object_rot: torch.Tensor,
    goal_rot: torch.Tensor,
    actions: torch.Tensor,
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    goal_dist = torch.norm(object_pos - goal_pos, p=2, dim=-1)
    quat_diff = quat_mul(object_rot, quat_conjugate(goal_rot))
    rot_dist = 2.0 * torch.asin(torch.clamp(torch.norm(quat_diff[:, 0:3], p=2, dim=-1), max=1.0))

    dist_rew = goal_dist * -10.0
    rot_rew = 1.0 / (torch.abs(rot_dist) + 0.1) * 1.0
    action_penalty = torch.sum(actions**2, dim=-1)

    reward = dist_rew + rot_rew + action_penalty * -0.0002
    reward = torch.where(torch.abs(rot_dist) <= 0.1, reward + 250, reward)
    reward = torch.where(goal_dist >= 0.24, reward + -50.0, reward)
    return reward, {"dist": dist_rew, "rot": rot_rew}
