import numpy as np


def compute_reward(x_velocity, action, foot_clearance):
    ctrl = 0.1 * np.sum(np.square(action))
    reward = x_velocity - ctrl + 0.5 * np.min(foot_clearance)
    return reward, {"forward": x_velocity, "ctrl": -ctrl}
