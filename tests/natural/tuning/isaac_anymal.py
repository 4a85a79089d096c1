import torch


@torch.jit.script
def compute_reward(root_states, commands, torques, contact_forces, episode_lengths):
    # (reward, reset, feet_in air, feet_air_time, episode sums)
    base_lin_vel = root_states[:, 7:10]
    base_ang_vel = root_states[:, 10:13]
    lin_vel_error = torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1)
    ang_vel_error = torch.square(commands[:, 2] - base_ang_vel[:, 2])
    rew_lin_vel_xy = torch.exp(-lin_vel_error / 0.25) * 1.0
    rew_ang_vel_z = torch.exp(-ang_vel_error / 0.25) * 0.5
    rew_torque = torch.sum(torch.square(torques), dim=1) * -0.000025
    total_reward = rew_lin_vel_xy + rew_ang_vel_z + rew_torque
    total_reward = torch.clip(total_reward, 0., None)
    # reset agents
    reset = torch.norm(contact_forces[:, 0, :], dim=1) > 1.
    reset = reset | torch.any(torch.norm(contact_forces[:, 1:5, :], dim=2) > 1., dim=1)
    time_out = episode_lengths >= 499
    reset = reset | time_out
    return total_reward, {"lin": rew_lin_vel_xy, "ang": rew_ang_vel_z, "torque": rew_torque, "reset": -0.0 * reset}
