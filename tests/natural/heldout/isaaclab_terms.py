from __future__ import annotations

import torch


def is_alive(terminated: torch.Tensor) -> torch.Tensor:
    """Reward for being alive."""
    return (~(terminated > 0.9)).float()


def track_lin_vel_xy_exp(vel: torch.Tensor, command: torch.Tensor, std: float) -> torch.Tensor:
    """Reward tracking of linear velocity commands (xy axes) using exponential kernel."""
    lin_vel_error = torch.sum(torch.square(command[:, :2] - vel[:, :2]), dim=1)
    return torch.exp(-lin_vel_error / std**2)


def track_ang_vel_z_exp(ang: torch.Tensor, command: torch.Tensor, std: float) -> torch.Tensor:
    """Reward tracking of angular velocity commands (yaw) using exponential kernel."""
    ang_vel_error = torch.square(command[:, 2] - ang[:, 2])
    return torch.exp(-ang_vel_error / std**2)


def joint_deviation_l1(joint_pos: torch.Tensor, default: torch.Tensor, joint_ids: slice = slice(None)) -> torch.Tensor:
    angle = joint_pos[:, joint_ids] - default[:, joint_ids]
    return torch.sum(torch.abs(angle), dim=1)


def compute_reward(
    root_lin_vel_b: torch.Tensor,
    root_ang_vel_b: torch.Tensor,
    command: torch.Tensor,
    joint_pos: torch.Tensor,
    default_joint_pos: torch.Tensor,
    joint_acc: torch.Tensor,
    is_terminated: torch.Tensor,
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    terms = {
        "alive": 0.5 * is_alive(is_terminated),
        "lin": 1.5 * track_lin_vel_xy_exp(root_lin_vel_b, command, std=0.5),
        "ang": 0.75 * track_ang_vel_z_exp(root_ang_vel_b, command, std=0.5),
        "acc": -2.5e-5 * torch.sum(torch.square(joint_acc), dim=1),
        "deviation": -0.1 * joint_deviation_l1(joint_pos, default_joint_pos),
    }
    return torch.sum(torch.stack(list(terms.values()), dim=0), dim=0), terms
