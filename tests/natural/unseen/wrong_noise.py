import numpy as np


def compute_reward(distance):
    base = np.exp(-distance)
    noise = np.random.normal(0, 0.01, size=distance.shape)
    return base + noise, {"base": base}
