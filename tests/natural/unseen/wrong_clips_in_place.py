import torch


def compute_reward(actions, vel):
    actions.clamp_(-1.0, 1.0)
    effort = torch.sum(actions**2, dim=-1)
    return vel - 0.1 * effort, {"vel": vel, "effort": -0.1 * effort}
