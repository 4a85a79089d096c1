import numpy as np


def compute_reward(height, velocity):
    forward = velocity[:, 0]
    reward = forward - 0.1 * np.abs(velocity[:, 1:]).sum(axis=1)
    if (height < 0.3).any():
        reward = reward - 5.0
    return reward, {"forward": forward}
