import numpy as np


def compute_reward(joints, limits):
    penalty = 0.0
    n_bad = 0
    for i in range(len(joints)):
        if abs(joints[i]) > limits[i]:
            penalty += (abs(joints[i]) - limits[i]) ** 2
            n_bad += 1
    reward = 1.0 - penalty
    if n_bad == 0:
        reward += 0.5
    elif n_bad >= 3:
        reward -= 0.5
    return reward, {"penalty": -penalty, "bad": -0.1 * n_bad}
