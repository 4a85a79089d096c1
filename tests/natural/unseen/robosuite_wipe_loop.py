import numpy as np


def compute_reward(eef_pos, markers, wiped, ee_force):
    reward = 0.0
    n_left = 0
    nearest = 1e3
    for i in range(6):
        if wiped[i]:
            reward += 0.5
            continue
        n_left += 1
        d = np.linalg.norm(markers[i] - eef_pos)
        if d < nearest:
            nearest = d
    reach = 1 - np.tanh(3.0 * nearest) if n_left > 0 else 1.0
    reward += reach
    force = np.linalg.norm(ee_force)
    penalty = 0.0
    if force > 40.0:
        penalty = -0.05 * (force - 40.0)
    reward += penalty
    return reward, {"reach": reach, "force": penalty}
