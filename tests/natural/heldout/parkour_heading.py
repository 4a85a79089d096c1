import torch
import torch.nn.functional as functional


def wrap_to_pi(angles):
    angles = angles % (2 * torch.pi)
    return angles - 2 * torch.pi * (angles > torch.pi)


def compute_reward(target_yaw, yaw, root_vel_xy, target_dir, command_x, edge_contact):
    norm = torch.norm(target_dir, dim=-1, keepdim=True)
    target_vec_norm = target_dir / (norm + 1e-5)
    cur_vel = root_vel_xy
    goal_vel = torch.minimum(torch.sum(target_vec_norm * cur_vel, dim=-1), command_x) / (command_x + 1e-5)

    tracking_yaw = torch.exp(-torch.abs(wrap_to_pi(target_yaw - yaw)))
    edge = edge_contact.bool().sum(dim=-1).float()
    lateral = functional.huber_loss(root_vel_xy[:, 1], torch.zeros_like(root_vel_xy[:, 1]), reduction="none")
    reward = 1.5 * goal_vel + 0.5 * tracking_yaw - edge - lateral
    return reward, {"goal_vel": 1.5 * goal_vel, "yaw": 0.5 * tracking_yaw, "edge": -edge, "lateral": -lateral}
