import numpy as np


def compute_reward(obs, action):
    angle = obs[2]
    upright = np.cos(angle)
    effort = 0.01 * np.sum(np.square(action), axis=1)
    reward = upright - effort
    return reward, {"upright": upright, "effort": -effort}
