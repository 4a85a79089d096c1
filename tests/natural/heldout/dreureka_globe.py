import torch


def compute_reward(base_pos, ball_pos, base_height, gravity_vec, dof_vel, prev_dof_vel, action, prev_action, dof_pos):
    # Ideal pose and height
    target_height = 0.7
    height_temp = 10.0

    # Reward for staying on the ball
    height_reward = torch.exp(-height_temp * torch.abs(base_height - target_height))

    # Penalize tilt, jerk and fast motion
    orientation_penalty = torch.sum(torch.square(gravity_vec[:, :2]), dim=1)
    jerk = torch.norm(dof_vel - prev_dof_vel, dim=1)
    smoothness_reward = torch.exp(-0.05 * jerk)
    action_rate = torch.norm(action - prev_action, p=1, dim=-1)
    hip_ids = [0, 3, 6, 9]
    hip_penalty = torch.sum(torch.abs(dof_pos[:, hip_ids]), dim=1)

    # Horizontal distance from the centre of the ball
    off_centre = torch.norm(base_pos[:, 0:2] - ball_pos[:, 0:2], dim=-1)
    balance_reward = 1.0 / (1.0 + 4.0 * off_centre)

    reward = height_reward + balance_reward + 0.3 * smoothness_reward \
        - 0.5 * orientation_penalty - 0.02 * action_rate - 0.05 * hip_penalty
    return reward, {
        "height_reward": height_reward,
        "balance_reward": balance_reward,
        "smoothness_reward": 0.3 * smoothness_reward,
        "orientation_penalty": -0.5 * orientation_penalty,
        "action_rate": -0.02 * action_rate,
        "hip_penalty": -0.05 * hip_penalty,
    }
