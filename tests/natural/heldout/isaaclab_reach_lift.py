import torch
import torch.nn.functional as F


def quat_error_magnitude(q1: torch.Tensor, q2: torch.Tensor) -> torch.Tensor:
    q1 = F.normalize(q1, dim=-1)
    q2 = F.normalize(q2, dim=-1)
    dot = (q1 * q2).sum(dim=-1).abs()
    return 2.0 * torch.acos(dot.clamp(0.0, 0.995))


def compute_reward(object_pos_w, ee_pos_w, des_pos_w, curr_quat, des_quat, action, prev_action):
    std, minimal_height = 0.3, 0.04
    # Distance of the end-effector to the object: (num_envs,)
    object_ee_distance = torch.norm(object_pos_w - ee_pos_w, dim=1)
    reaching = 1 - torch.tanh(object_ee_distance / std)
    lifting = torch.where(object_pos_w[:, 2] > minimal_height, 1.0, 0.0)
    # rewarded if the object is lifted above the threshold
    distance = torch.linalg.norm(des_pos_w - object_pos_w, dim=-1)
    goal = (object_pos_w[:, 2] > minimal_height) * (1 - torch.tanh(distance / std))
    orientation = -0.2 * quat_error_magnitude(curr_quat, des_quat)
    action_rate = -1e-2 * (action - prev_action).square().sum(dim=1)
    return reaching + 15.0 * lifting + 16.0 * goal + orientation + action_rate, {
        "reaching": reaching,
        "lifting": 15.0 * lifting,
        "goal": 16.0 * goal,
        "orientation": orientation,
        "action_rate": action_rate,
    }
