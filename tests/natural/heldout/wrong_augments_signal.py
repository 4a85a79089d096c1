import numpy as np


def compute_reward(x_velocity, orientation, action):
    up = 1.0 - 2.0 * (orientation[:, 1] ** 2 + orientation[:, 2] ** 2)
    run = x_velocity
    reward = run
    reward += 0.1 * np.maximum(up, 0.0)
    cost = 0.1 * np.sum(action**2, axis=1)
    reward -= cost
    return reward, {"run": run, "up": 0.1 * np.maximum(up, 0.0), "cost": -cost}
