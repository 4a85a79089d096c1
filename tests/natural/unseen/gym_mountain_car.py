import math


def compute_reward(position, velocity, action):
    terminated = bool(position >= 0.45 and velocity >= 0.0)
    reward = 0
    if terminated:
        reward = 100.0
    reward -= math.pow(action[0], 2) * 0.1
    return reward, {"goal": 100.0 if terminated else 0.0, "energy": -0.1 * math.pow(action[0], 2)}
