import numpy as np

CONFIG = {
    "collision_reward": -1,
    "high_speed_reward": 0.4,
    "lane_centering_cost": 4,
    "reward_speed_range": [20, 30],
}


def lmap(v, x, y):
    return y[0] + (v - x[0]) * (y[1] - y[0]) / (x[1] - x[0])


def compute_reward(speed, lane_offset, heading_error, crashed, steering, lidar):
    forward_speed = speed * np.cos(heading_error)
    scaled_speed = lmap(forward_speed, CONFIG["reward_speed_range"], [0, 1])
    rewards = {
        "collision_reward": CONFIG["collision_reward"] * float(crashed),
        "high_speed_reward": CONFIG["high_speed_reward"] * np.clip(scaled_speed, 0, 1),
        "lane_centering": 1 / (1 + CONFIG["lane_centering_cost"] * lane_offset**2),
        "smooth": -0.1 * abs(steering),
    }
    reward = sum(rewards.values())
    on_road = abs(lane_offset) < 3.0
    reward *= on_road
    if np.min(lidar) < 2.0:
        reward -= 0.5
    return reward, rewards
