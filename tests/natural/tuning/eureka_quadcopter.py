import torch
from typing import Dict, Tuple


def quat_axis_z(q: torch.Tensor) -> torch.Tensor:
    x = 2 * (q[..., 0] * q[..., 2] + q[..., 3] * q[..., 1])
    y = 2 * (q[..., 1] * q[..., 2] - q[..., 3] * q[..., 0])
    z = 1 - 2 * (q[..., 0] * q[..., 0] + q[..., 1] * q[..., 1])
    return torch.stack([x, y, z], dim=-1)


@torch.jit.script
def compute_reward(root_positions: torch.Tensor, target_root_positions: torch.Tensor, root_quats: torch.Tensor, root_angvels: torch.Tensor) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    target_dist = torch.sqrt(torch.square(target_root_positions - root_positions).sum(-1))
    pos_reward = 1.0 / (1.0 + target_dist * target_dist)
    ups = quat_axis_z(root_quats)
    tiltage = torch.abs(1 - ups[..., 2])
    up_reward = 1.0 / (1.0 + tiltage * tiltage)
    spinnage = torch.abs(root_angvels[..., 2])
    spinnage_reward = 1.0 / (1.0 + spinnage * spinnage)
    reward = pos_reward + pos_reward * (up_reward + spinnage_reward)
    return reward, {"pos": pos_reward, "up": up_reward, "spin": spinnage_reward}
