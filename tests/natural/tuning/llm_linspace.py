import numpy as np

GRID = np.linspace(0.0, 1.0, 5)


def compute_reward(profile, phase):
    weights = np.exp(-((GRID - phase) ** 2) / 0.1)
    idx = np.arange(5)
    ramp = np.sum(profile * idx) / 10.0
    fit = np.dot(weights, profile) / np.sum(weights)
    return fit - ramp, {"fit": fit, "ramp": -ramp}
