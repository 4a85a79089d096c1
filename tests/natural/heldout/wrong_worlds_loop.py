import numpy as np


def compute_reward(obs, action):
    num_envs = obs.shape[0]
    reward = np.zeros(num_envs)
    for i in range(num_envs):
        reward[i] = obs[i, 0] - 0.1 * np.sum(action[i] ** 2)
        if obs[i, 1] < 0:
            reward[i] -= 1.0
    return reward, {"forward": obs[:, 0]}
