import torch


def compute_reward(object_pos_w, ee_pos_w, goal_pos_w):
    lifted = torch.where(object_pos_w[:, 2] > 0.04, 1.0, 0.0)
    object_ee_distance = torch.norm(object_pos_w - ee_pos_w, dim=1)
    reaching = 1 - torch.tanh(object_ee_distance / 0.1)
    distance = torch.norm(goal_pos_w - object_pos_w[:, :3], dim=1)
    goal = (object_pos_w[:, 2] > 0.04) * (1 - torch.tanh(distance / 0.3))
    fine = (object_pos_w[:, 2] > 0.04) * (1 - torch.tanh(distance / 0.05))
    return reaching + 15.0 * lifted + 16.0 * goal + 5.0 * fine, {"reach": reaching, "lift": 15.0 * lifted, "goal": 16.0 * goal, "fine": 5.0 * fine}
