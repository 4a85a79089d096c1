import torch


def object_is_lifted(object_pos_w: torch.Tensor, minimal_height: float = 0.04) -> torch.Tensor:
    return torch.where(object_pos_w[:, 2] > minimal_height, 1.0, 0.0)


def compute_reward(object_pos_w, ee_pos_w, goal_pos_w, joint_vel):
    object_ee_distance = torch.norm(object_pos_w - ee_pos_w, dim=1)
    reaching = 1 - torch.tanh(object_ee_distance / 0.1)
    lifted = object_is_lifted(object_pos_w)
    distance = torch.norm(goal_pos_w - object_pos_w[:, :3], dim=1)
    goal_tracking = (object_pos_w[:, 2] > 0.04) * (1 - torch.tanh(distance / 0.3))
    fine = (object_pos_w[:, 2] > 0.04) * (1 - torch.tanh(distance / 0.05))
    joint_vel_l2 = torch.sum(torch.square(joint_vel), dim=1)
    total = 1.0 * reaching + 15.0 * lifted + 16.0 * goal_tracking + 5.0 * fine - 1e-4 * joint_vel_l2
    return total, {"reaching_object": reaching, "lifting_object": lifted, "object_goal_tracking": goal_tracking}
