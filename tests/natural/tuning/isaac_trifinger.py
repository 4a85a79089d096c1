import torch
from typing import Tuple, Dict


@torch.jit.script
def lgsk_kernel(x: torch.Tensor, scale: float = 50.0, eps: float = 2) -> torch.Tensor:
    """Logistic kernel, bounded to (0, 0.25)."""
    scaled = x * scale
    return 1.0 / (scaled.exp() + eps + (-scaled).exp())


@torch.jit.script
def compute_reward(fingertip_state: torch.Tensor, object_pos: torch.Tensor, last_fingertip_state: torch.Tensor, last_object_pos: torch.Tensor, goal: torch.Tensor):
    curr_norms = torch.stack([
        torch.norm(fingertip_state[:, i, 0:3] - object_pos, p=2, dim=-1)
        for i in range(3)
    ], dim=-1)
    prev_norms = torch.stack([
        torch.norm(last_fingertip_state[:, i, 0:3] - last_object_pos, p=2, dim=-1)
        for i in range(3)
    ], dim=-1)
    finger_reach_object_rate = curr_norms - prev_norms
    finger_reach_object_reward = -250.0 * finger_reach_object_rate.sum(dim=-1)
    object_dist = torch.norm(object_pos - goal, p=2, dim=-1)
    object_dist_reward = 2000 * 0.02 * lgsk_kernel(object_dist, scale=50.0, eps=2.0)
    total_reward = finger_reach_object_reward + object_dist_reward
    return total_reward, {"reach": finger_reach_object_reward, "dist": object_dist_reward}
