import torch


def compute_reward(feet_air_time, first_contact, commands, contact_forces):
    first = first_contact > 0
    rew_airTime = torch.sum((feet_air_time - 0.5) * first, dim=1)
    rew_airTime *= torch.norm(commands[:, :2], dim=1) > 0.1
    stumble = torch.any(
        torch.norm(contact_forces[:, :, :2], dim=2) > 5 * torch.abs(contact_forces[:, :, 2]), dim=1
    ).float()
    force = torch.sum((torch.norm(contact_forces, dim=-1) - 60.0).clip(min=0.0), dim=1)
    reward = 1.0 * rew_airTime - 0.5 * stumble - 0.01 * force
    return reward, {"feet_air_time": rew_airTime, "stumble": -0.5 * stumble, "feet_contact_forces": -0.01 * force}
