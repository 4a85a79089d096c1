import torch


class cfg:
    tracking_sigma = 0.25


def compute_reward(base_lin_vel, base_ang_vel, commands, dof_vel, last_dof_vel, actions, last_actions, contacts, dof_pos):
    sigma = 0.25
    lin_vel_error = torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1)
    return torch.exp(-lin_vel_error / sigma), {"lin": torch.exp(-lin_vel_error / sigma)}
