import torch

STD_STANDING = torch.tensor([0.05, 0.1, 0.2, 0.05, 0.1, 0.2, 0.05, 0.1, 0.2, 0.05, 0.1, 0.2])


def compute_reward(joint_pos, default_pos, cmd_speed, foot_height, foot_vel):
    standing_mask = (cmd_speed < 0.1).float()
    walking_mask = ((cmd_speed >= 0.1) & (cmd_speed < 1.0)).float()
    running_mask = (cmd_speed >= 1.0).float()
    std = STD_STANDING * standing_mask.unsqueeze(1) + 0.3 * walking_mask.unsqueeze(1) + 0.6 * running_mask.unsqueeze(1)
    error_squared = torch.square(joint_pos - default_pos)
    posture = torch.exp(-torch.mean(error_squared / (std**2), dim=1))
    clearance = torch.sum(torch.abs(foot_height - 0.1) * torch.norm(foot_vel, dim=-1), dim=1)
    return posture - clearance, {"posture": posture, "clearance": -clearance}
