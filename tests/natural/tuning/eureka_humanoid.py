import torch
from typing import Tuple, Dict


@torch.jit.script
def compute_reward(velocity: torch.Tensor, up_vec: torch.Tensor, dof_vel: torch.Tensor, height: torch.Tensor, actions: torch.Tensor) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    # Temperature parameters
    velocity_temp = 0.25
    upright_temp = 1.5

    forward_velocity = velocity[:, 0]
    velocity_reward = 1.0 - torch.exp(-velocity_temp * torch.nn.functional.relu(forward_velocity))
    upright_reward = torch.exp(upright_temp * (up_vec[:, 2] - 1.0))
    effort = dof_vel.abs().mean(dim=1) * 0.05
    fallen = (height < 0.77).float()
    total_reward = 2.0 * velocity_reward + upright_reward
    total_reward -= effort
    total_reward = total_reward * (1.0 - fallen) - fallen
    reward_dict = {
        'velocity_reward': velocity_reward,
        'upright_reward': upright_reward,
        'effort': -effort,
        'fallen': -fallen,
    }
    return total_reward, reward_dict
