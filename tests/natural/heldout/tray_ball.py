import torch


def compute_reward(ball_positions, ball_velocities, tray_positions):
    # type: (torch.Tensor, torch.Tensor, torch.Tensor) -> tuple
    # calculating the norm for ball distance to desired height above the ground plane (0.7)
    ball_dist = torch.sqrt(ball_positions[..., 0] * ball_positions[..., 0] +
                           (ball_positions[..., 2] - 0.7) * (ball_positions[..., 2] - 0.7) +
                           (ball_positions[..., 1]) * ball_positions[..., 1])
    ball_speed = torch.sqrt(ball_velocities[..., 0] * ball_velocities[..., 0] +
                            ball_velocities[..., 1] * ball_velocities[..., 1] +
                            ball_velocities[..., 2] * ball_velocities[..., 2])
    pos_reward = 1.0 / (1.0 + ball_dist)
    speed_reward = 1.0 / (1.0 + ball_speed)
    reward = pos_reward * speed_reward
    fell = ball_positions[..., 2] < tray_positions[..., 2] + 0.15
    reward = torch.where(fell, torch.full_like(reward, -1.0), reward)
    return reward, {"pos": pos_reward, "speed": speed_reward}
