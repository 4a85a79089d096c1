import numpy as np


def compute_reward(pos, target, speed):
    error = np.abs(pos - target)
    reward = np.exp(-5.0 * error) - 0.1 * speed[:, None]
    return reward, {"error": -error[:, 0]}
