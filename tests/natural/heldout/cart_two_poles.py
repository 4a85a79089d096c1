import math
from typing import Dict, Tuple

import torch
from torch import Tensor


@torch.jit.script
def compute_reward(pole_angle: Tensor, pole_vel: Tensor, cart_vel: Tensor, cart_pos: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    reset_dist: float = 3.0
    # the upright pole pays best, moving costs
    upright = 1.0 - pole_angle * pole_angle
    cart = -0.01 * torch.abs(cart_vel)
    pole = -0.005 * torch.abs(pole_vel)
    reward = upright + cart + pole

    # far away or fallen over
    reward = torch.where(torch.abs(cart_pos) > reset_dist, torch.ones_like(reward) * -2.0, reward)
    reward = torch.where(torch.abs(pole_angle) > math.pi / 2, torch.ones_like(reward) * -2.0, reward)
    return reward, {"upright": upright, "cart": cart, "pole": pole}
