from typing import Tuple, Dict
import torch
from torch import Tensor


@torch.jit.script
def exp_kernel(error: Tensor, temperature: float) -> Tensor:
    return torch.exp(-error / temperature)


@torch.jit.script
def compute_reward(lin_vel: Tensor, ang_vel: Tensor, commands: Tensor, gravity: Tensor, torques: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:
    lin_error = (commands[:, 0:2] - lin_vel[:, 0:2]).pow(2).sum(dim=1)
    ang_error = (commands[:, 2] - ang_vel[:, 2]).pow(2)
    lin_reward = exp_kernel(lin_error, 0.25)
    ang_reward = exp_kernel(ang_error, 0.25) * 0.5
    tilt = torch.norm(gravity[:, :2], p=2, dim=1)
    tilt_penalty = -torch.clamp(tilt - 0.1, min=0.0)
    torque_penalty = -1e-5 * torques.square().sum(1)
    reward = lin_reward + ang_reward + tilt_penalty + torque_penalty
    reward = torch.max(reward, torch.zeros_like(reward))
    return reward, {"lin": lin_reward, "ang": ang_reward, "tilt": tilt_penalty, "torque": torque_penalty}
