import torch


def joint_pos_limits(pos: torch.Tensor, lower, upper) -> torch.Tensor:
    out_of_limits = -(pos - lower).clip(max=0.0)
    out_of_limits += (pos - upper).clip(min=0.0)
    return torch.sum(out_of_limits, dim=1)


def feet_air_time_biped(air: torch.Tensor, contact: torch.Tensor, cmd: torch.Tensor, threshold: float):
    in_mode_time = torch.where(contact, air, air * 0.5)
    single_stance = torch.sum(contact.int(), dim=1) == 1
    reward = torch.min(torch.where(single_stance.unsqueeze(-1), in_mode_time, 0.0), dim=1)[0]
    reward = torch.clamp(reward, max=threshold)
    # no reward for zero command
    reward *= torch.norm(cmd[:, :2], dim=1) > 0.1
    return reward


def compute_reward(pos, soft_lower, soft_upper, force, air, cmd):
    contact = torch.max(torch.norm(force, dim=-1), dim=1)[0] > 1.0
    limits = joint_pos_limits(pos, soft_lower, soft_upper)
    feet = feet_air_time_biped(air, force[:, :, 2] > 0.5, cmd, threshold=0.4)
    reward = 0.25 * feet - 1.0 * limits - 0.1 * contact
    return reward, {"feet": 0.25 * feet, "limits": -1.0 * limits, "contact": -0.1 * contact}
