import torch


def compute_reward(base_pos, ball_pos, base_lin_vel, projected_gravity, dof_vel, last_actions, actions):
    # Height above the ball
    height_diff = base_pos[:, 2] - (ball_pos[:, 2] + 0.6)
    height_reward = 1.0 * torch.exp(-10.0 * torch.abs(height_diff))

    # Stay over the ball
    xy_offset = base_pos[:, 0:2] - ball_pos[:, 0:2]
    balance_reward = torch.exp(-2.0 * xy_offset.pow(2).sum(-1))

    orientation_penalty = -torch.linalg.norm(projected_gravity[:, :2], dim=-1)
    smoothness = -(actions - last_actions).square().sum(dim=-1) * 0.05
    dof_penalty = -1e-3 * dof_vel.abs().mean(dim=-1)

    reward_components = {
        "height": height_reward,
        "balance": balance_reward,
        "orientation": orientation_penalty,
        "smoothness": smoothness,
        "dof": dof_penalty,
    }
    total_reward = sum(reward_components.values())
    return total_reward, reward_components
