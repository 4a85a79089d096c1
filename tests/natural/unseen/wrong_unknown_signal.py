import torch


def compute_reward(pole_angle, cart_pos, progress_buf):
    reward = 1.0 - pole_angle**2 - 0.01 * cart_pos.abs()
    reward = torch.where(progress_buf >= 499, reward + 10.0, reward)
    return reward, {"upright": 1.0 - pole_angle**2}
