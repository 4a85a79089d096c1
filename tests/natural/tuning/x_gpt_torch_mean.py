import torch
import torch.nn.functional as F


def compute_reward(ee, cube, qd, grip):
    # --- weights -------------------------------------------------
    W_REACH, W_LIFT, W_VEL = 1.0, 5.0, 1e-3
    lift_threshold = torch.tensor(0.05)
    dist = F.pairwise_distance(ee, cube)
    reach = torch.exp(-dist.square() / (2 * 0.2 ** 2))
    lifted = torch.gt(cube[:, 2], lift_threshold)
    lift = torch.where(lifted & (grip > 0.5), cube[:, 2] - lift_threshold, torch.zeros_like(dist))
    vel_pen = torch.mean(qd.pow(2), dim=-1)
    alive = torch.ones_like(reach, dtype=torch.float32)
    bonus = lifted.to(reach.dtype) * 0.5
    total = (
        W_REACH * reach     # get there
        + W_LIFT * lift     # pick it up
        - W_VEL * vel_pen
        + 0.01 * alive
        + bonus
    )
    return total, {"reach": W_REACH * reach, "lift": W_LIFT * lift, "vel": -W_VEL * vel_pen, "bonus": bonus}
