import numpy as np


def compute_reward(position, velocity, angle):
    landed = np.all([
        np.abs(position[:, 0]) < 0.1,
        np.abs(velocity[:, 1]) < 0.1,  # slow enough
        np.abs(angle) < 0.1,
    ], axis=0)
    worst = np.min([position[:, 0], position[:, 1], position[:, 2]], axis=0)
    total = np.sum([worst, -np.abs(angle)], axis=0)
    return total + 5.0 * landed, {"landed": 5.0 * landed, "worst": worst, "angle": -np.abs(angle)}
