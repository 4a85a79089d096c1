from typing import Dict, Tuple

import torch
from torch import Tensor


@torch.jit.script
def compute_reward(
    velocity: Tensor, torso_position: Tensor, up_vec: Tensor, dof_vel: Tensor, actions: Tensor
) -> Tuple[Tensor, Dict[str, Tensor]]:
    forward_temp = 0.1
    upright_temp = 2.0
    device = velocity.device

    speed = velocity[:, 0]
    forward_reward = torch.exp(forward_temp * speed) - 1.0

    target_up = torch.tensor([0.0, 0.0, 1.0], device=device)
    alignment = torch.matmul(up_vec, target_up)
    upright_reward = torch.exp(upright_temp * (alignment - 1.0))

    lateral = torch.abs(velocity[:, 1])
    lateral_penalty = torch.clamp(lateral - 0.5, min=0.0, max=2.0)

    energy = torch.mean(torch.abs(actions * dof_vel), dim=1)
    reward = 2.0 * forward_reward + upright_reward - 0.3 * lateral_penalty - 0.02 * energy
    return reward, {
        "forward_reward": forward_reward,
        "upright_reward": upright_reward,
        "lateral_penalty": lateral_penalty,
        "energy": energy,
    }
