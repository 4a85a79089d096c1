import torch
from typing import Dict, Tuple


@torch.jit.script
def compute_reward(
    grasp_pos: torch.Tensor, handle_pos: torch.Tensor, gripper_forward: torch.Tensor,
    drawer_inward: torch.Tensor, lfinger_pos: torch.Tensor, rfinger_pos: torch.Tensor,
    drawer_open: torch.Tensor, actions: torch.Tensor
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    # distance from hand to the drawer
    d = torch.norm(grasp_pos - handle_pos, p=2, dim=-1)
    dist_reward = 1.0 / (1.0 + d**2)
    dist_reward *= dist_reward
    dist_reward = torch.where(d <= 0.1, dist_reward * 2, dist_reward)

    # alignment of the gripper with the handle
    dot1 = torch.sum(gripper_forward * drawer_inward, dim=-1)
    rot_reward = 0.5 * torch.sign(dot1) * dot1**2

    # bonus if left finger is above the drawer handle and right below
    around_handle_reward = torch.zeros_like(rot_reward)
    around_handle_reward = torch.where(lfinger_pos[:, 2] > handle_pos[:, 2],
                                       torch.where(rfinger_pos[:, 2] < handle_pos[:, 2],
                                                   around_handle_reward + 0.5, around_handle_reward), around_handle_reward)
    # reward for distance of each finger from the drawer
    lfinger_dist = torch.abs(lfinger_pos[:, 2] - handle_pos[:, 2])
    rfinger_dist = torch.abs(rfinger_pos[:, 2] - handle_pos[:, 2])
    finger_dist_reward = torch.where(around_handle_reward > 0.0, (0.04 - lfinger_dist) + (0.04 - rfinger_dist),
                                     torch.zeros_like(rot_reward))

    action_penalty = torch.sum(actions ** 2, dim=-1)
    open_reward = drawer_open * around_handle_reward + drawer_open

    rewards = 2.0 * dist_reward + 0.5 * rot_reward + 10.0 * finger_dist_reward + 7.5 * open_reward - 0.01 * action_penalty

    rewards = torch.where(drawer_open > 0.01, rewards + 0.5, rewards)
    rewards = torch.where(drawer_open > 0.2, rewards + around_handle_reward, rewards)
    rewards = torch.where(drawer_open > 0.35, rewards + (2.0 * around_handle_reward), rewards)
    return rewards, {
        'dist': 2.0 * dist_reward, 'rot': 0.5 * rot_reward, 'fingers': 10.0 * finger_dist_reward,
        'open': 7.5 * open_reward, 'action': -0.01 * action_penalty}
