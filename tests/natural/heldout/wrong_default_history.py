import numpy as np


def compute_reward(velocity, action, history=[]):
    history.append(float(velocity))
    recent = np.mean(history[-10:])
    reward = recent - 0.01 * np.sum(action**2)
    return reward, {"recent": recent}
