from typing import Dict, Tuple

import torch


@torch.jit.script
def compute_reward(
    object_rot: torch.Tensor,
    goal_rot: torch.Tensor,
    object_angvel: torch.Tensor,
    fingertip_pos: torch.Tensor,
    object_pos: torch.Tensor,
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    # Rotation difference
    dot = torch.sum(object_rot * goal_rot, dim=1).abs()
    rot_diff: torch.Tensor = 2.0 * torch.acos(torch.clamp(dot, 0.0, 0.999))
    rot_temperature: float = 0.5
    rotation_reward = torch.exp(-rot_diff / rot_temperature)

    # Keep the fingertips close
    dists = torch.norm(fingertip_pos - object_pos.unsqueeze(1), dim=-1)
    min_dist, _ = torch.min(dists, dim=1)
    finger_temperature: float = 10.0
    finger_reward = torch.exp(-finger_temperature * min_dist)

    angvel_penalty = -0.05 * torch.norm(object_angvel, dim=-1)
    total_reward = rotation_reward + 0.3 * finger_reward + angvel_penalty
    reward_dict = {
        "rotation_reward": rotation_reward,
        "finger_reward": finger_reward,
        "angvel_penalty": angvel_penalty,
    }
    return total_reward, reward_dict
