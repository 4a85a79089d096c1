import torch


def compute_reward(pos, goal):
    to_goal = torch.norm(goal - pos, dim=-1)
    spread = torch.cdist(pos, pos) + 10.0 * torch.eye(pos.shape[0])
    nearest = spread.min(dim=1).values
    crowd = torch.relu(0.5 - nearest)
    return -to_goal - crowd, {"goal": -to_goal, "crowd": -crowd}
