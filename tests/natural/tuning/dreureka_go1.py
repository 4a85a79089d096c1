import torch


def compute_reward(base_lin_vel, base_ang_vel, commands, torques, dof_vel, last_dof_vel, actions, last_actions, projected_gravity):
    """Walk forward at the commanded speed."""
    dt = 0.02
    lin_vel_error = torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1)
    velocity_reward = torch.exp(-lin_vel_error / 0.25)
    ang_vel_error = torch.square(commands[:, 2] - base_ang_vel[:, 2])
    yaw_reward = torch.exp(-ang_vel_error / 0.25)
    orientation_penalty = torch.sum(torch.square(projected_gravity[:, :2]), dim=1)
    torque_penalty = torch.sum(torch.square(torques), dim=1)
    acc_penalty = torch.sum(torch.square((last_dof_vel - dof_vel) / dt), dim=1)
    smoothness = (actions - last_actions).square().sum(dim=1)
    comps = {}
    comps["velocity"] = velocity_reward
    comps["yaw"] = 0.5 * yaw_reward
    comps["orientation"] = -1.0 * orientation_penalty
    comps["torque"] = -0.0001 * torque_penalty
    comps["acc"] = -2.5e-7 * acc_penalty
    comps["smoothness"] = -0.01 * smoothness
    reward = torch.zeros_like(velocity_reward)
    for name in comps:
        reward = reward + comps[name]
    return reward, comps
