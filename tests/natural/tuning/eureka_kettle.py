import torch
from torch import Tensor
from typing import Dict, Tuple


@torch.jit.script
def compute_reward(
    kettle_handle_pos: Tensor,
    bucket_handle_pos: Tensor,
    left_hand_pos: Tensor,
    right_hand_pos: Tensor,
    fingers: Tensor,
) -> Tuple[Tensor, Dict[str, Tensor]]:
    right_hand_dist = torch.norm(kettle_handle_pos - right_hand_pos, p=2, dim=-1)
    left_hand_dist = torch.norm(bucket_handle_pos - left_hand_pos, p=2, dim=-1)
    finger_dist = torch.zeros_like(right_hand_dist)
    for i in range(5):
        finger_dist = finger_dist + torch.norm(kettle_handle_pos - fingers[:, i], p=2, dim=-1)
    finger_reward = torch.exp(-finger_dist)
    right_reward = torch.where(right_hand_dist < 0.5, 2.0 - right_hand_dist, torch.exp(-right_hand_dist))
    up_rew = torch.zeros_like(right_reward)
    up_rew = torch.where(finger_dist < 4.0, torch.where(right_hand_dist < 1.2, 0.5 - kettle_handle_pos[:, 2], up_rew), up_rew)
    reward = finger_reward + right_reward - 0.7 * left_hand_dist + up_rew
    return reward, {"finger": finger_reward, "right": right_reward, "left": -0.7 * left_hand_dist, "up": up_rew}
