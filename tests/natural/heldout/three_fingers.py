import torch
from typing import Tuple, Dict


@torch.jit.script
def lgsk_kernel(x: torch.Tensor, scale: float = 50.0, eps: float = 2.0) -> torch.Tensor:
    """Logistic kernel: bounded, steep near zero."""
    scaled = x * scale
    return 1.0 / (scaled.exp() + eps + (-scaled).exp())


@torch.jit.script
def compute_reward(
    fingertips: torch.Tensor, prev_fingertips: torch.Tensor, object_pos: torch.Tensor,
    prev_object_pos: torch.Tensor, goal_pos: torch.Tensor
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    # Reward grasping the object: how far the fingertips came nearer
    curr_norms = torch.stack([
        torch.norm(fingertips[:, i] - object_pos, p=2, dim=-1) for i in range(3)
    ], dim=-1)
    prev_norms = torch.stack([
        torch.norm(prev_fingertips[:, i] - prev_object_pos, p=2, dim=-1) for i in range(3)
    ], dim=-1)
    finger_reach_reward = -750.0 * (curr_norms - prev_norms).sum(dim=-1) * 0.02

    # Penalty for finger movement
    finger_vel = (fingertips - prev_fingertips) / 0.02
    finger_movement_penalty = -0.01 * finger_vel.pow(2).view(-1, 9).sum(dim=-1)

    # Reward for object distance
    object_dist = torch.norm(object_pos - goal_pos, p=2, dim=-1)
    object_dist_reward = 2000.0 * 0.02 * lgsk_kernel(object_dist, scale=50.0, eps=2.0)

    total = finger_movement_penalty + finger_reach_reward + object_dist_reward
    return total, {
        "finger_movement_penalty": finger_movement_penalty,
        "finger_reach_reward": finger_reach_reward,
        "object_dist_reward": object_dist_reward,
    }
