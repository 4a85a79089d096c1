import torch

TARGET = 2.0
LOW, HIGH = -0.8, 0.8


def compute_reward(lin_vel, ang_vel, feet_force, torques, dof_vel, dof_pos):
    vx = lin_vel[:, 0]
    feet_contact = feet_force > 1.0
    forward = torch.where(vx < TARGET, vx / TARGET, torch.clamp(2.0 - vx / TARGET, 0.0, 1.0))
    lateral = -lin_vel[:, 1].abs() - 0.5 * ang_vel[:, 2].abs()
    # a trot keeps diagonal pairs together
    diagonal = (feet_contact[:, 0] == feet_contact[:, 3]) & (feet_contact[:, 1] == feet_contact[:, 2])
    gait = 0.2 * diagonal.float()
    airborne = (~feet_contact).all(dim=1)
    power = (torques * dof_vel).clamp(min=0).sum(dim=1)
    limits = ((dof_pos < LOW) | (dof_pos > HIGH)).sum(dim=1)

    reward = forward + 0.3 * lateral + gait - 0.5 * airborne.float() - 5e-4 * power - 0.1 * limits
    return reward, {"forward": forward, "lateral": 0.3 * lateral, "gait": gait, "power": -5e-4 * power, "limits": -0.1 * limits}
