import numpy as np

CONFIG = {
    "collision_reward": -1.0,
    "right_lane_reward": 0.1,
    "high_speed_reward": 0.4,
    "reward_speed_range": [20, 30],
    "lanes": 4,
}


def lmap(v, x, y):
    """Map v linearly from the range x to the range y."""
    return y[0] + (v - x[0]) * (y[1] - y[0]) / (x[1] - x[0])


def compute_reward(speed, heading, lane_offset, lane, crashed, on_road):
    forward_speed = speed * np.cos(heading)
    scaled_speed = lmap(forward_speed, CONFIG["reward_speed_range"], [0, 1])
    rewards = {
        "collision_reward": float(crashed > 0.8),
        "right_lane_reward": lane / max(CONFIG["lanes"] - 1, 1),
        "high_speed_reward": np.clip(scaled_speed, 0, 1),
    }
    reward = sum(CONFIG.get(name, 0) * value for name, value in rewards.items())
    reward = lmap(
        reward,
        [CONFIG["collision_reward"], CONFIG["high_speed_reward"] + CONFIG["right_lane_reward"]],
        [0, 1],
    )
    reward *= 1.0 if on_road > 0.2 else 0.0
    rewards["centering"] = 1 / (1 + 4 * lane_offset**2)
    return reward, rewards
