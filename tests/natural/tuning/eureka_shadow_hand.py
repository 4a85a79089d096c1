from typing import Tuple, Dict
import math
import torch
from torch import Tensor
import torch.nn.functional as F


@torch.jit.script
def compute_reward(object_rot: torch.Tensor, goal_rot: torch.Tensor, object_angvel: torch.Tensor,
                   fingertip_pos: torch.Tensor, object_pos: torch.Tensor, actions: Tensor) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    device = object_rot.device
    # Normalize the quaternions first
    q1 = F.normalize(object_rot, dim=-1)
    q2 = F.normalize(goal_rot, dim=-1)
    rotation_temp: float = 2.0
    dot = torch.abs((q1 * q2).sum(-1)).clamp(max=1.0)
    rot_dist = 2.0 * torch.acos(torch.clamp(dot, -0.999, 0.999))
    rotation_reward = torch.exp(-rotation_temp * rot_dist)

    angvel_norm = torch.norm(object_angvel, dim=-1)
    angvel_temp = torch.tensor(0.3, device=device)
    angvel_penalty = torch.where(angvel_norm > 2.0, angvel_norm - 2.0, torch.zeros_like(angvel_norm)) * angvel_temp

    finger_dist = torch.norm(fingertip_pos - object_pos.unsqueeze(1), dim=-1).mean(dim=-1)
    finger_reward = 1.0 / (1.0 + finger_dist / 0.1)
    total_reward = rotation_reward + 0.2 * finger_reward - 0.1 * angvel_penalty
    reward_components = {
        "rotation_reward": rotation_reward,
        "finger_reward": 0.2 * finger_reward,
        "angvel_penalty": -0.1 * angvel_penalty,
    }
    return total_reward, reward_components
