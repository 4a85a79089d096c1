from typing import Dict, Tuple

import torch


def compute_reward(
    franka_grasp_pos: torch.Tensor,
    drawer_grasp_pos: torch.Tensor,
    lfinger_pos: torch.Tensor,
    rfinger_pos: torch.Tensor,
    cabinet_dof_pos: torch.Tensor,
    actions: torch.Tensor,
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    d = torch.norm(franka_grasp_pos - drawer_grasp_pos, p=2, dim=-1)
    dist_reward = 1.0 / (1.0 + d**2)
    dist_reward *= dist_reward
    dist_reward = torch.where(d <= 0.02, dist_reward * 2, dist_reward)

    around_handle_reward = torch.zeros_like(dist_reward)
    around_handle_reward = torch.where(
        lfinger_pos[:, 2] > drawer_grasp_pos[:, 2],
        torch.where(rfinger_pos[:, 2] < drawer_grasp_pos[:, 2], around_handle_reward + 0.5, around_handle_reward),
        around_handle_reward,
    )
    action_penalty = torch.sum(actions**2, dim=-1)
    open_reward = cabinet_dof_pos[:, 3] * around_handle_reward + cabinet_dof_pos[:, 3]
    rewards = 2.0 * dist_reward + 0.125 * around_handle_reward + 7.5 * open_reward - 0.01 * action_penalty

    rewards = torch.where(cabinet_dof_pos[:, 3] > 0.01, rewards + 0.5, rewards)
    rewards = torch.where(cabinet_dof_pos[:, 3] > 0.2, rewards + around_handle_reward, rewards)
    return rewards, {"dist": dist_reward, "open": open_reward, "action": -action_penalty}
