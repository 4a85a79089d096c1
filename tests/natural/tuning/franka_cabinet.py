import torch
from typing import Dict, Tuple


@torch.jit.script
def compute_reward(franka_grasp_pos: torch.Tensor, drawer_grasp_pos: torch.Tensor, gripper_forward: torch.Tensor, drawer_inward: torch.Tensor,
                   gripper_up: torch.Tensor, drawer_up: torch.Tensor, lfinger_pos: torch.Tensor, rfinger_pos: torch.Tensor,
                   cabinet_dof: torch.Tensor, actions: torch.Tensor) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    # distance from hand to the drawer
    d = torch.norm(franka_grasp_pos - drawer_grasp_pos, p=2, dim=-1)
    dist_reward = 1.0 / (1.0 + d ** 2)
    dist_reward *= dist_reward
    dist_reward = torch.where(d <= 0.02, dist_reward * 2, dist_reward)

    dot1 = (gripper_forward * drawer_inward).sum(dim=-1)
    dot2 = (gripper_up * drawer_up).sum(dim=-1)
    # reward for matching the orientation of the hand to the drawer (fingers wrapped)
    rot_reward = 0.5 * (torch.sign(dot1) * dot1 ** 2 + torch.sign(dot2) * dot2 ** 2)

    # bonus if left finger is above the drawer handle and right below
    around_handle_reward = torch.zeros_like(rot_reward)
    around_handle_reward = torch.where(lfinger_pos[:, 2] > drawer_grasp_pos[:, 2],
                                       torch.where(rfinger_pos[:, 2] < drawer_grasp_pos[:, 2],
                                                   around_handle_reward + 0.5, around_handle_reward), around_handle_reward)
    action_penalty = torch.sum(actions ** 2, dim=-1)
    # how far the cabinet has been opened out
    open_reward = cabinet_dof[:, 3] * around_handle_reward + cabinet_dof[:, 3]
    rewards = 2.0 * dist_reward + 0.5 * rot_reward + 0.25 * around_handle_reward + 7.5 * open_reward - 0.01 * action_penalty
    # bonus for opening drawer properly
    rewards = torch.where(cabinet_dof[:, 3] > 0.01, rewards + 0.5, rewards)
    rewards = torch.where(cabinet_dof[:, 3] > 0.2, rewards + around_handle_reward, rewards)
    return rewards, {"dist": dist_reward, "rot": rot_reward, "open": open_reward, "action": -0.01 * action_penalty}
