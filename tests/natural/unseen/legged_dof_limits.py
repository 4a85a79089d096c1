import torch

DT = 0.02
SOFT_LIMIT = torch.tensor([[-0.8, 0.8], [-1.0, 1.5], [-1.7, -0.3]] * 4)


def compute_reward(dof_pos, dof_vel, last_dof_vel, actions, last_actions, projected_gravity):
    # Penalize dof positions too close to the limit
    out_of_limits = -(dof_pos - SOFT_LIMIT[:, 0]).clip(max=0.0)  # lower limit
    out_of_limits += (dof_pos - SOFT_LIMIT[:, 1]).clip(min=0.0)
    limits = torch.sum(out_of_limits, dim=1)
    acc = torch.sum(torch.square((last_dof_vel - dof_vel) / DT), dim=1)
    rate = torch.sum(torch.square(last_actions - actions), dim=1)
    orientation = torch.sum(torch.square(projected_gravity[:, :2]), dim=1)
    reward = -10.0 * limits - 2.5e-7 * acc - 0.01 * rate - 5.0 * orientation
    return reward, {"dof_pos_limits": limits, "dof_acc": acc, "action_rate": rate, "orientation": orientation}
