import torch


def compute_reward(phase, foot_heights, foot_forces, foot_vel):
    res = torch.zeros_like(phase)
    for i in range(2):
        is_stance = (phase + 0.5 * i) % 1.0 < 0.55
        contact = foot_forces[:, i] > 1
        res += ~(contact ^ is_stance)
    contact = foot_forces > 1.0
    pos_error = torch.square(foot_heights - 0.08) * ~contact
    swing = torch.sum(pos_error, dim=1)
    no_vel = torch.sum(torch.square(foot_vel) * contact.unsqueeze(-1), dim=(1, 2))
    reward = 0.18 * res - 20.0 * swing - 0.2 * no_vel
    return reward, {"contact": 0.18 * res, "feet_swing_height": -20.0 * swing, "contact_no_vel": -0.2 * no_vel}
