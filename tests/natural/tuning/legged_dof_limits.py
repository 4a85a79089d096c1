import torch

dof_pos_limits = torch.tensor([[-1.0, 1.0], [-0.8, 1.2], [-1.1, 0.7]])


def compute_reward(dof_pos, torques, contact_forces):
    soft_limit = 0.9
    lower, upper = -soft_limit, soft_limit
    out_of_limits = -(dof_pos - lower).clip(max=0.0)  # lower limit
    out_of_limits += (dof_pos - upper).clip(min=0.0)
    limits = torch.sum(out_of_limits, dim=1)
    torque_limits = torch.sum((torch.abs(torques) - 33.5 * 0.9).clip(min=0.0), dim=1)
    collisions = torch.sum(1.0 * (torch.norm(contact_forces, dim=-1) > 0.1), dim=1)
    high_force = torch.sum((torch.norm(contact_forces, dim=-1) - 50.0).clip(0.0, 30.0), dim=1)
    reward = -limits - 0.01 * torque_limits - collisions - 0.02 * high_force
    return reward, {"limits": -limits, "torque": -0.01 * torque_limits, "collision": -collisions, "force": -0.02 * high_force}
