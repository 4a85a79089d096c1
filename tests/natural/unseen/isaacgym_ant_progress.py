from typing import Dict, Tuple

import torch


@torch.jit.script
def compute_reward(
    potentials: torch.Tensor,
    prev_potentials: torch.Tensor,
    up_proj: torch.Tensor,
    heading_proj: torch.Tensor,
    actions: torch.Tensor,
    dof_vel: torch.Tensor,
    dof_pos_scaled: torch.Tensor,
    torso_height: torch.Tensor,
) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    heading_weight_tensor = torch.ones_like(heading_proj) * 0.5
    heading_reward = torch.where(heading_proj > 0.8, heading_weight_tensor, 0.5 * heading_proj / 0.8)

    up_reward = torch.zeros_like(heading_reward)
    up_reward = torch.where(up_proj > 0.93, up_reward + 0.1, up_reward)

    actions_cost = torch.sum(actions**2, dim=-1)
    electricity_cost = torch.sum(torch.abs(actions * dof_vel), dim=-1)
    dof_at_limit_cost = torch.sum(dof_pos_scaled > 0.99, dim=-1)

    alive_reward = torch.ones_like(potentials) * 0.5
    progress_reward = potentials - prev_potentials

    total_reward = (
        progress_reward
        + alive_reward
        + up_reward
        + heading_reward
        - 0.005 * actions_cost
        - 0.05 * electricity_cost
        - dof_at_limit_cost * 0.1
    )
    total_reward = torch.where(torso_height < 0.31, torch.ones_like(total_reward) * -2.0, total_reward)
    return total_reward, {"progress": progress_reward, "up": up_reward, "heading": heading_reward}
