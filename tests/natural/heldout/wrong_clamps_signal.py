import torch


def compute_reward(actions, forward_vel):
    actions.clamp_(-1.0, 1.0)
    cost = 0.05 * (actions**2).sum(dim=-1)
    return forward_vel - cost, {"forward": forward_vel, "cost": -cost}
