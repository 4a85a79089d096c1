import numpy as np


def compute_reward(distance):
    reward = np.zeros_like(distance)
    running = 0.0
    for i in range(len(distance)):
        running = 0.9 * running + 0.1 * np.exp(-distance[i])
        reward[i] = running
    return reward, {"smoothed": reward}
