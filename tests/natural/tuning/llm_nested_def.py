import numpy as np


def compute_reward(obs, goal):
    def distance(p, q):
        diff = p - q
        return np.sqrt(np.sum(diff**2))

    def bonus(d):
        if d < 0.3:
            return 1.0
        return 0.0

    d = distance(obs[:2], goal)
    return -d + bonus(d), {"distance": -d, "bonus": bonus(d)}
