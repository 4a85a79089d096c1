import torch
from typing import Dict, Tuple


@torch.jit.script
def compute_reward(
    obs_buf: torch.Tensor, actions: torch.Tensor, potentials: torch.Tensor, prev_potentials: torch.Tensor
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    heading_weight = 0.5
    up_weight = 0.1
    actions_cost_scale = 0.005
    energy_cost_scale = 0.05
    dof_vel_scale = 0.2
    joints_at_limit_cost_scale = 0.1
    termination_height = 0.31
    death_cost = -2.0

    # reward from direction headed
    heading_weight_tensor = torch.ones_like(obs_buf[:, 11]) * heading_weight
    heading_reward = torch.where(obs_buf[:, 11] > 0.8, heading_weight_tensor, heading_weight * obs_buf[:, 11] / 0.8)

    # aligning up axis of robot and environment
    up_reward = torch.zeros_like(heading_reward)
    up_reward = torch.where(obs_buf[:, 10] > 0.93, up_reward + up_weight, up_reward)

    # energy penalty for movement
    actions_cost = torch.sum(actions**2, dim=-1)
    electricity_cost = torch.sum(torch.abs(actions * obs_buf[:, 20:28]), dim=-1)
    dof_at_limit_cost = torch.sum(obs_buf[:, 12:20] > 0.99, dim=-1)

    # reward for duration of staying alive
    alive_reward = torch.ones_like(potentials) * 0.5
    progress_reward = potentials - prev_potentials

    total_reward = progress_reward + alive_reward + up_reward + heading_reward - \
        actions_cost_scale * actions_cost - energy_cost_scale * dof_vel_scale * electricity_cost - \
        dof_at_limit_cost * joints_at_limit_cost_scale

    # adjust reward for fallen agents
    total_reward = torch.where(obs_buf[:, 0] < termination_height, torch.ones_like(total_reward) * death_cost, total_reward)

    return total_reward, {"progress": progress_reward, "heading": heading_reward, "up": up_reward, "limits": -0.1 * dof_at_limit_cost}
