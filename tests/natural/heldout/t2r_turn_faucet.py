import numpy as np


def compute_reward(tcp_position, handle_points, target_angle, current_angle, action):
    # Weights for different terms of the reward
    w_dist, w_angle, w_action = 0.5, 0.4, 0.1

    # 1. distance to the nearest point of the handle
    distances = np.linalg.norm(handle_points - tcp_position, axis=1)
    min_dist = np.min(distances)
    dist_reward = -min_dist

    # 2. how much is left to turn
    remaining = target_angle - current_angle
    if remaining < 0:
        remaining = 0.0
    angle_reward = -np.abs(remaining) / (np.pi / 2)

    # 3. regularise the action
    action_penalty = -np.linalg.norm(action, ord=2) ** 2

    reward = w_dist * dist_reward + w_angle * angle_reward + w_action * action_penalty
    return reward, {
        "distance": w_dist * dist_reward,
        "angle": w_angle * angle_reward,
        "action": w_action * action_penalty,
    }
