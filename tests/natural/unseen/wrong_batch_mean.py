import torch


def compute_reward(vel, torques):
    speed = torch.exp(-torch.square(vel - 1.0))
    effort = torch.sum(torch.square(torques), dim=-1)
    effort = (effort - effort.mean()) / (effort.std() + 1e-6)
    return speed - 0.1 * effort, {"speed": speed, "effort": -0.1 * effort}
