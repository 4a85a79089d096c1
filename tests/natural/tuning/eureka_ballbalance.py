import torch


def compute_reward(ball_positions, ball_linvels):
    ball_dist = torch.sqrt(ball_positions[..., 0] ** 2 + (ball_positions[..., 2] - 0.7) ** 2 + ball_positions[..., 1] ** 2)
    ball_speed = torch.sqrt(ball_linvels[..., 0] ** 2 + ball_linvels[..., 1] ** 2 + ball_linvels[..., 2] ** 2)
    pos_reward = 1.0 / (1.0 + ball_dist)
    speed_reward = 1.0 / (1.0 + ball_speed)
    reward = pos_reward * speed_reward
    return reward, {"pos": pos_reward, "speed": speed_reward}
