import numpy as np


def compute_reward(x_velocity, action):
    effort = np.square(action).sum(axis=1)
    reward = x_velocity / len(x_velocity) - 0.1 * effort
    return reward, {"forward": x_velocity, "effort": -0.1 * effort}
