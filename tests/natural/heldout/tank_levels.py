import numpy as np

WEIGHTS = np.array([1.0, 1.0, 0.25, 0.25])


def compute_reward(levels, setpoints, valve, prev_valve):
    err = levels - setpoints
    iae = np.abs(err) @ WEIGHTS
    overflow = (levels > 1.8).any(axis=1)
    move = np.sum((valve - prev_valve) ** 2, axis=1)
    penalty = np.zeros(levels.shape[0])
    penalty[overflow] = 5.0
    inside = np.max(np.abs(err), axis=1) < 0.4
    reward = -iae - 0.5 * move - penalty + 0.5 * inside
    return reward, {"iae": -iae, "move": -0.5 * move, "overflow": -penalty}
