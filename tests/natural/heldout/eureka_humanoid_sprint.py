from typing import Tuple, Dict
import math
import torch
from torch import Tensor


@torch.jit.script
def compute_reward(
    root_velocity: Tensor, up_proj: Tensor, heading_proj: Tensor, dof_force: Tensor, actions: Tensor
) -> Tuple[Tensor, Dict[str, Tensor]]:
    # Reward components weights
    velocity_weight = 1.0
    upright_temperature: float = 0.2
    heading_temperature: float = 0.5

    # Forward velocity, saturating
    forward_velocity = root_velocity[:, 0]
    velocity_reward = velocity_weight * torch.clamp(forward_velocity, min=0.0, max=6.0) / 6.0

    # Staying upright
    upright_reward = torch.exp((up_proj - 1.0) / upright_temperature)
    heading_reward = torch.exp((heading_proj - 1.0) / heading_temperature)

    # Penalties
    force_penalty = 1e-4 * torch.mean(dof_force.abs(), dim=-1)
    action_penalty = 0.01 * (actions ** 2).sum(dim=-1)

    total_reward = velocity_reward * upright_reward + 0.5 * heading_reward - force_penalty - action_penalty
    reward_dict = {
        "velocity_reward": velocity_reward,
        "upright_reward": upright_reward,
        "heading_reward": heading_reward,
        "force_penalty": -force_penalty,
        "action_penalty": -action_penalty,
    }
    return total_reward, reward_dict
