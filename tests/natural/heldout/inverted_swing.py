import numpy as np


def angle_normalize(x):
    return ((x + np.pi) % (2 * np.pi)) - np.pi


def compute_reward(theta, theta_dot, action):
    max_torque = 2.0
    u = np.clip(action, -max_torque, max_torque)[0]
    costs = angle_normalize(theta) ** 2 + 0.1 * theta_dot**2 + 0.001 * (u**2)
    return -costs, {
        "angle": -angle_normalize(theta) ** 2,
        "speed": -0.1 * theta_dot**2,
        "effort": -0.001 * u**2,
    }
