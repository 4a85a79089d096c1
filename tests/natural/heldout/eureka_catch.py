from typing import Dict, Tuple

import torch


def compute_reward(left_palm, right_palm, ball_pos, ball_vel, goal) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    """Throw from the right hand, catch with the left."""
    dists = torch.stack((
        torch.linalg.vector_norm(ball_pos - left_palm, dim=-1),
        torch.linalg.vector_norm(ball_pos - right_palm, dim=-1),
    ))
    closest = dists.min(dim=0).values
    to_goal = torch.nn.functional.cosine_similarity(goal - ball_pos, ball_vel, dim=-1)
    goal_dist = (goal - ball_pos).pow(2).sum(-1).sqrt()
    caught = torch.logical_and(dists[0] < 0.6, ball_vel.norm(dim=-1) < 2.5)

    components = {
        "hold": torch.exp(-3 * closest),
        "direction": 0.5 * to_goal,
        "goal": torch.exp(-2 * goal_dist),
        "caught": caught.to(torch.float32) * 5.0,
    }
    dropped = ball_pos[:, -1] < -0.7
    reward = sum(components.values()) - 2.0 * dropped
    return reward, components
