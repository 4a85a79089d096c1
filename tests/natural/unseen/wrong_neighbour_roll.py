import torch


def compute_reward(height, vel):
    rival = torch.roll(vel, shifts=1, dims=0)
    win = (vel > rival).float()
    return height + 0.1 * win, {"height": height, "win": 0.1 * win}
