from typing import Dict, Tuple

import torch


@torch.jit.script
def lgsk_kernel(x: torch.Tensor, scale: float = 50.0, eps: float = 2.0) -> torch.Tensor:
    scaled = x * scale
    return 1.0 / (scaled.exp() + eps + (-scaled).exp())


@torch.jit.script
def compute_reward(
    object_keypoints: torch.Tensor,
    goal_keypoints: torch.Tensor,
    fingertip_vel: torch.Tensor,
    epsilon_step: torch.Tensor,
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    delta = object_keypoints - goal_keypoints
    dist_l2 = torch.norm(delta, p=2, dim=-1)
    keypoint_kernel_sum = lgsk_kernel(dist_l2, scale=30.0, eps=2.0).mean(dim=-1)
    pose_reward = 2000 * 0.02 * keypoint_kernel_sum
    vel = fingertip_vel.view(-1, 9)
    movement_penalty = -0.1 * vel.pow(2).sum(dim=-1)
    reward = pose_reward + movement_penalty * epsilon_step
    return reward, {"pose": pose_reward, "movement": movement_penalty}
