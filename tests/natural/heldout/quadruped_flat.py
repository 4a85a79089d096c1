import torch


def compute_reward(base_lin_vel, base_ang_vel, commands, torques):
    # velocity tracking reward
    lin_vel_error = torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1)
    ang_vel_error = torch.square(commands[:, 2] - base_ang_vel[:, 2])
    rew_lin_vel_xy = torch.exp(-lin_vel_error/0.25) * 1.0
    rew_ang_vel_z = torch.exp(-ang_vel_error/0.25) * 0.5

    # torque penalty
    rew_torque = torch.sum(torch.square(torques), dim=1) * -0.000025

    total_reward = rew_lin_vel_xy + rew_ang_vel_z + rew_torque
    total_reward = torch.clip(total_reward, 0., None)
    return total_reward.detach(), {"lin": rew_lin_vel_xy, "ang": rew_ang_vel_z, "torque": rew_torque}
