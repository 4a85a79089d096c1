import numpy as np


def compute_reward(pos, goal, action):
    dist = np.linalg.norm(pos - goal, axis=-1)
    effort = np.sum(action**2)
    return -dist - 0.01 * effort, {"dist": -dist, "effort": -0.01 * effort * np.ones_like(dist)}
