from typing import Tuple, Dict
import torch


@torch.jit.script
def quat_axis_z(q: torch.Tensor) -> torch.Tensor:
    x, y, z, w = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    return torch.stack([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], dim=-1)


@torch.jit.script
def compute_reward(
    root_positions: torch.Tensor,
    target_root_positions: torch.Tensor,
    root_quats: torch.Tensor,
    root_linvels: torch.Tensor,
    root_angvels: torch.Tensor,
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    # distance to target
    target_dist = torch.sqrt(torch.square(target_root_positions - root_positions).sum(-1))
    pos_reward = 2.0 / (1.0 + target_dist * target_dist)

    # uprightness
    ups = quat_axis_z(root_quats)
    tiltage = torch.abs(1 - ups[..., 2])
    up_reward = 1.0 / (1.0 + tiltage * tiltage)

    # spinning
    spinnage = torch.abs(root_angvels[..., 2])
    spinnage_reward = 1.0 / (1.0 + spinnage * spinnage)

    # uprightness and spinning only matter when close to the target
    reward = pos_reward + pos_reward * (up_reward + spinnage_reward)

    die = torch.where(target_dist > 3.5, torch.ones_like(reward), torch.zeros_like(reward))
    die = torch.where(root_positions[..., 2] < -2.5, torch.ones_like(die), die)
    reward = reward * (1.0 - die) - 1.0 * die
    return reward, {"pos": pos_reward, "up": up_reward, "spin": spinnage_reward, "speed": -torch.norm(root_linvels, p=2, dim=-1)}
