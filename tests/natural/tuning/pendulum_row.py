import numpy as np


def angle_normalize(x):
    return ((x + np.pi) % (2 * np.pi)) - np.pi


def compute_reward(theta, theta_dot, action):
    u = np.clip(action, -2.0, 2.0)[0]
    costs = angle_normalize(theta) ** 2 + 0.1 * theta_dot**2 + 0.001 * (u**2)
    return -costs, {"costs": -costs}
