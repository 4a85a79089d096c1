import torch
from torch import Tensor
from typing import Tuple, Dict


@torch.jit.script
def compute_reward(
    object_rot: Tensor,
    goal_rot: Tensor,
    object_pos: Tensor,
    palm_pos: Tensor,
    object_angvel: Tensor,
    fingertip_pos: Tensor,
) -> Tuple[Tensor, Dict[str, Tensor]]:
    rot_temp = torch.tensor(0.8)
    dist_temp = torch.tensor(15.0)
    spin_temp = torch.tensor(0.1)

    # alignment of the two orientations
    dot = torch.sum(object_rot * goal_rot, dim=-1)
    rot_reward = torch.exp(-rot_temp * (1.0 - torch.abs(dot)))

    # keep the pen over the palm
    dist = torch.norm(object_pos - palm_pos, p=2, dim=-1)
    dist_reward = torch.exp(-dist_temp * dist)

    # spin about the wanted axis, bounded
    spin_reward = torch.tanh(spin_temp * object_angvel[:, 2])

    # all fingertips near the pen
    tips = torch.norm(fingertip_pos - object_pos[:, None, :], dim=-1).mean(dim=-1)
    tip_reward = 1.0 / (1.0 + tips)

    success_bonus = torch.where(torch.abs(dot) > 0.95, torch.tensor(2.0), torch.tensor(0.0))
    total = rot_reward + 0.5 * dist_reward + 0.3 * spin_reward + 0.2 * tip_reward + success_bonus
    return total, {"rot": rot_reward, "dist": 0.5 * dist_reward, "spin": 0.3 * spin_reward, "tips": 0.2 * tip_reward, "success": success_bonus}
