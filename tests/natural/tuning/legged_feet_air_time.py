import torch


def compute_reward(contact_forces, feet_air_time, commands, dof_pos, default_dof_pos, base_height):
    contact = contact_forces[:, :, 2] > 1.0
    first_contact = (feet_air_time > 0.0) * contact
    rew_air_time = torch.sum((feet_air_time - 0.5) * first_contact, dim=1)  # reward only on first contact with the ground
    rew_air_time *= torch.norm(commands[:, :2], dim=1) > 0.1  # no reward for zero command
    rew_stumble = torch.any(torch.norm(contact_forces[:, :, :2], dim=2) > 5 * torch.abs(contact_forces[:, :, 2]), dim=1)
    rew_pose = torch.sum(torch.abs(dof_pos - default_dof_pos), dim=1) * (torch.norm(commands[:, :2], dim=1) < 0.1)
    rew_height = torch.square(base_height - 0.3)
    total = rew_air_time - 0.5 * rew_stumble.float() - 0.1 * rew_pose - rew_height
    return torch.clip(total, min=-3.0), {"air_time": rew_air_time, "stumble": -0.5 * rew_stumble, "pose": -0.1 * rew_pose, "height": -rew_height}
