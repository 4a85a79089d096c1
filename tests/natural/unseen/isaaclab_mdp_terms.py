from __future__ import annotations

import torch


def track_lin_vel_xy_exp(cmd: torch.Tensor, vel: torch.Tensor, std: float) -> torch.Tensor:
    """Reward tracking of linear velocity commands (xy axes) using exponential kernel."""
    lin_vel_error = torch.sum(torch.square(cmd[:, :2] - vel[:, :2]), dim=1)
    return torch.exp(-lin_vel_error / std**2)


def undesired(forces: torch.Tensor, threshold: float) -> torch.Tensor:
    is_contact = torch.norm(forces, dim=-1) > threshold
    return torch.sum(is_contact, dim=1)


def compute_reward(root_lin_vel_b, root_ang_vel_b, velocity_command, joint_acc, undesired_contacts):
    rewards = {
        "track_lin_vel_xy_exp": track_lin_vel_xy_exp(velocity_command, root_lin_vel_b, std=0.5) * 1.5,
        "track_ang_vel_z_exp": torch.exp(-torch.square(velocity_command[:, 2] - root_ang_vel_b[:, 2]) / 0.25) * 0.75,
        "lin_vel_z_l2": torch.square(root_lin_vel_b[:, 2]) * -2.0,
        "dof_acc_l2": torch.sum(torch.square(joint_acc), dim=1) * -2.5e-7,
        "undesired_contacts": undesired(undesired_contacts, 1.0) * -1.0,
    }
    reward = torch.sum(torch.stack(list(rewards.values())), dim=0)
    return reward, rewards
