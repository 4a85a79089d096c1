import numpy as np


def compute_reward(cos_theta, theta_dot, torque):
    height = (1.0 + cos_theta) / 2.0
    pump = np.where(height < 0.5, 0.02 * np.abs(theta_dot), 0.0)
    calm = np.where(height > 0.9, np.exp(-0.5 * np.square(theta_dot)), 0.0)
    cost = -0.001 * np.square(torque[:, 0])
    components = {"height": height, "pump": pump, "calm": calm, "cost": cost}
    reward = np.zeros_like(height)
    for value in components.values():
        reward = reward + value
    return reward, components
