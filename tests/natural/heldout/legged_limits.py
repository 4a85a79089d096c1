import torch

SOFT = 0.9
LIMITS = torch.tensor([[-0.8, 0.8], [-1.0, 1.5], [-2.0, -0.5]] * 4)


def compute_reward(dof_pos, dof_vel, torques, projected_gravity):
    m = (LIMITS[:, 0] + LIMITS[:, 1]) / 2
    r = LIMITS[:, 1] - LIMITS[:, 0]
    lower = m - 0.5 * r * SOFT
    upper = m + 0.5 * r * SOFT

    out_of_limits = -(dof_pos - lower).clip(max=0.)  # lower limit
    out_of_limits += (dof_pos - upper).clip(min=0.)
    pos_limits = torch.sum(out_of_limits, dim=1)
    # clip to max error = 1 rad/s per joint to avoid huge penalties
    vel_limits = torch.sum((torch.abs(dof_vel) - 21. * SOFT).clip(min=0., max=1.), dim=1)
    torque_limits = torch.sum((torch.abs(torques) - 33.5 * SOFT).clip(min=0.), dim=1)
    upright = projected_gravity[:, 2].neg().clamp(0.0, 1.0)

    reward = upright - 0.5 * pos_limits - 0.1 * vel_limits - 0.01 * torque_limits
    return reward, {"upright": upright, "pos": -0.5 * pos_limits, "vel": -0.1 * vel_limits, "torque": -0.01 * torque_limits}
