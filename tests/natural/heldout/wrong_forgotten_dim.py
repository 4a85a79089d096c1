import torch
from typing import Dict, Tuple


def compute_reward(fingertip: torch.Tensor, target: torch.Tensor, dof_vel: torch.Tensor) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    dist = torch.norm(fingertip - target, dim=-1)
    vel_penalty = 0.01 * torch.sum(dof_vel ** 2)
    reward = torch.exp(-dist) - vel_penalty
    return reward, {"dist": torch.exp(-dist), "vel": -vel_penalty}
