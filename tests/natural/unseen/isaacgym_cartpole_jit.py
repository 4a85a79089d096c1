from typing import Dict, Tuple

import torch
from torch import Tensor


@torch.jit.script
def compute_reward(
    pole_angle: Tensor, pole_vel: Tensor, cart_vel: Tensor, cart_pos: Tensor
) -> Tuple[Tensor, Dict[str, Tensor]]:
    reward = 1.0 - pole_angle * pole_angle - 0.01 * torch.abs(cart_vel) - 0.005 * torch.abs(pole_vel)
    reward = torch.where(torch.abs(cart_pos) > 3.0, torch.ones_like(reward) * -2.0, reward)
    reward = torch.where(torch.abs(pole_angle) > 1.57, torch.ones_like(reward) * -2.0, reward)
    return reward, {"total": reward, "upright": 1.0 - pole_angle * pole_angle}
