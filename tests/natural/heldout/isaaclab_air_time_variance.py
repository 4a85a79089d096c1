import torch


def compute_reward(last_air_time, last_contact_time, current_air_time, foot_pos_z, foot_vel_xy, command):
    """Even steps: variance of air and contact times, clearance, and a biped's single stance."""
    variance = torch.var(torch.clip(last_air_time, max=0.5), dim=1) + torch.var(
        torch.clip(last_contact_time, max=0.5), dim=1
    )
    foot_z_target_error = torch.square(foot_pos_z - 0.1)
    foot_velocity_tanh = torch.tanh(2.0 * torch.norm(foot_vel_xy, dim=2))
    clearance = torch.exp(-torch.sum(foot_z_target_error * foot_velocity_tanh, dim=1) / 0.05)

    in_contact = current_air_time < 0.25
    single_stance = torch.sum(in_contact.int(), dim=1) == 1
    air = torch.min(torch.where(single_stance.unsqueeze(-1), current_air_time, 0.0), dim=1)[0]
    air = torch.clamp(air, max=0.2)
    # no reward for zero command
    air *= torch.norm(command[:, :2], dim=1) > 0.1
    spread = foot_pos_z.std(dim=-1, unbiased=True)

    reward = -1.0 * variance + 0.5 * clearance + 1.0 * air - 0.5 * spread
    return reward, {"variance": -variance, "clearance": 0.5 * clearance, "air": air, "spread": -0.5 * spread}
