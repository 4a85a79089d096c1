import numpy as np


def compute_reward(obs, action):
    speed = obs[:, 4]
    speed[obs[:, 2] < 0.0] = 0.0
    reward = speed + obs[:, 4] - 0.1 * np.sum(action**2, axis=1)
    return reward, {"speed": speed}
