import torch
from typing import Dict, Tuple
from torch import Tensor


@torch.jit.script
def compute_reward(obs_buf: Tensor, potentials: Tensor, prev_potentials: Tensor, actions: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    # reward from direction headed
    heading_weight_tensor = torch.ones_like(obs_buf[:, 11]) * 0.5
    heading_reward = torch.where(obs_buf[:, 11] > 0.8, heading_weight_tensor, 0.5 * obs_buf[:, 11] / 0.8)

    # aligning up axis of ant and environment
    up_reward = torch.zeros_like(heading_reward)
    up_reward = torch.where(obs_buf[:, 10] > 0.93, up_reward + 0.1, up_reward)

    # energy penalty for movement
    actions_cost = torch.sum(actions ** 2, dim=-1)
    electricity_cost = torch.sum(torch.abs(actions * obs_buf[:, 20:28]), dim=-1)
    dof_at_limit_cost = torch.sum(obs_buf[:, 12:20] > 0.99, dim=-1)

    # reward for duration of staying alive
    alive_reward = torch.ones_like(potentials) * 0.5
    progress_reward = potentials - prev_potentials
    total_reward = progress_reward + alive_reward + up_reward + heading_reward - 0.005 * actions_cost - 0.05 * electricity_cost - dof_at_limit_cost * 0.1
    # adjust reward for fallen agents
    total_reward = torch.where(obs_buf[:, 0] < 0.31, torch.ones_like(total_reward) * -2.0, total_reward)
    return total_reward, {"progress": progress_reward, "heading": heading_reward, "up": up_reward, "actions": -0.005 * actions_cost}
