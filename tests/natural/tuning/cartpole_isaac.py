import torch


@torch.jit.script
def compute_reward(pole_angle, pole_vel, cart_vel, cart_pos):
    reset_dist = torch.tensor(3.0)
    reward = 1.0 - pole_angle * pole_angle - 0.01 * torch.abs(cart_vel) - 0.005 * torch.abs(pole_vel)
    reward = torch.where(torch.abs(cart_pos) > reset_dist, torch.ones_like(reward) * -2.0, reward)
    reward = torch.where(torch.abs(pole_angle) > torch.pi / 2, torch.ones_like(reward) * -2.0, reward)
    return reward, {"reward": reward}
