import torch

REWARD_SCALES = {
    "tracking_lin_vel": 1.0,
    "tracking_ang_vel": 0.5,
    "lin_vel_z": -2.0,
    "ang_vel_xy": -0.05,
    "orientation": -0.2,
    "torques": -0.00001,
    "dof_acc": -2.5e-7,
    "action_rate": -0.01,
    "base_height": -1.0,
}
DT = 0.02


def compute_reward(
    base_lin_vel, base_ang_vel, projected_gravity, base_height, dof_vel, prev_dof_vel, torques, action, prev_action, commands
):
    """Sum of scaled terms, each penalty or reward of its own."""
    lin_vel_error = torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1)
    ang_vel_error = torch.square(commands[:, 2] - base_ang_vel[:, 2])
    terms = {
        # Tracking of linear velocity commands (xy axes)
        "tracking_lin_vel": torch.exp(-lin_vel_error / 0.25),
        # Tracking of angular velocity commands (yaw)
        "tracking_ang_vel": torch.exp(-ang_vel_error / 0.25),
        # Penalize z axis base linear velocity
        "lin_vel_z": torch.square(base_lin_vel[:, 2]),
        "ang_vel_xy": torch.sum(torch.square(base_ang_vel[:, :2]), dim=1),
        # Penalize non flat base orientation
        "orientation": torch.sum(torch.square(projected_gravity[:, :2]), dim=1),
        "torques": torch.sum(torch.square(torques), dim=1),
        "dof_acc": torch.sum(torch.square((prev_dof_vel - dof_vel) / DT), dim=1),
        "action_rate": torch.sum(torch.square(prev_action - action), dim=1),
        "base_height": torch.square(base_height - 0.3),
    }
    rew_buf = 0.0
    components = {}
    for name in REWARD_SCALES:
        rew = terms[name] * REWARD_SCALES[name] * DT
        rew_buf += rew
        components[name] = rew
    rew_buf = torch.clip(rew_buf, min=0.0)
    return rew_buf, components
