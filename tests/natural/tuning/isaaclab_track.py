import torch


def track_lin_vel_xy_exp(vel: torch.Tensor, command: torch.Tensor, std: float) -> torch.Tensor:
    """Reward tracking of linear velocity commands (xy axes) using exponential kernel."""
    lin_vel_error = torch.sum(torch.square(command[:, :2] - vel[:, :2]), dim=1)
    return torch.exp(-lin_vel_error / std**2)


def flat_orientation_l2(gravity: torch.Tensor) -> torch.Tensor:
    return torch.sum(torch.square(gravity[:, :2]), dim=1)


def joint_deviation_l1(joint_pos: torch.Tensor, ids: slice = None) -> torch.Tensor:
    return torch.sum(torch.abs(joint_pos), dim=1)


def compute_reward(root_lin_vel_b, root_ang_vel_b, command, joint_pos, joint_acc, gravity_b):
    terms = {
        "track_lin_vel_xy_exp": 1.0 * track_lin_vel_xy_exp(root_lin_vel_b, command, std=0.5),
        "track_ang_vel_z_exp": 0.5 * torch.exp(-torch.square(command[:, 2] - root_ang_vel_b[:, 2]) / 0.25),
        "lin_vel_z_l2": -2.0 * torch.square(root_lin_vel_b[:, 2]),
        "dof_acc_l2": -2.5e-7 * joint_acc.square().sum(dim=1),
        "flat_orientation_l2": -flat_orientation_l2(gravity_b),
        "joint_deviation": -0.1 * joint_deviation_l1(joint_pos),
    }
    return sum(terms.values()), terms
