import torch


def compute_reward(ee_pos: torch.Tensor, target_pos: torch.Tensor, joint_vel: torch.Tensor):
    distance = torch.norm(ee_pos - target_pos)
    reach = torch.exp(-5.0 * distance)
    penalty = 0.01 * torch.sum(joint_vel.abs())
    bonus = torch.tensor(2.0) if distance < 0.3 else torch.tensor(0.0)
    reward = reach - penalty + bonus
    return reward, {"reach": reach, "penalty": -penalty, "bonus": bonus}
