import torch


class scales:
    tracking_lin_vel = 1.0
    tracking_ang_vel = 0.5
    lin_vel_z = -2.0
    ang_vel_xy = -0.05
    torques = -0.00001
    tracking_sigma = 0.25


def compute_reward(commands, base_lin_vel, base_ang_vel, torques, dof_vel):
    lin_vel_error = torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1)
    ang_vel_error = torch.square(commands[:, 2] - base_ang_vel[:, 2])
    terms = {
        "tracking_lin_vel": scales.tracking_lin_vel * torch.exp(-lin_vel_error / scales.tracking_sigma),
        "tracking_ang_vel": scales.tracking_ang_vel * torch.exp(-ang_vel_error / scales.tracking_sigma),
        "lin_vel_z": scales.lin_vel_z * torch.square(base_lin_vel[:, 2]),
        "ang_vel_xy": scales.ang_vel_xy * torch.sum(torch.square(base_ang_vel[:, :2]), dim=1),
        "torques": scales.torques * torch.sum(torch.square(torques), dim=1),
    }
    rew_buf = torch.zeros(commands.shape[0], device=commands.device)
    for name in terms:
        rew_buf += terms[name]
    rew_buf[:] = torch.clip(rew_buf[:], min=0.0)
    return rew_buf, terms
