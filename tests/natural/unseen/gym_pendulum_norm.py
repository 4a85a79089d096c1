import numpy as np


def angle_normalize(x):
    return ((x + np.pi) % (2 * np.pi)) - np.pi


def compute_reward(theta, theta_dot, torque):
    u = np.clip(torque, -2.0, 2.0)[0]
    costs = angle_normalize(theta) ** 2 + 0.1 * theta_dot**2 + 0.001 * (u**2)
    return -costs, {"angle": -angle_normalize(theta) ** 2, "velocity": -0.1 * theta_dot**2, "torque": -0.001 * u**2}
