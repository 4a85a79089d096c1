import numpy as np


def compute_reward(height, action):
    up = np.log(height - 0.8)
    effort = 0.1 * np.mean(np.square(action), axis=-1)
    return up - effort, {"up": up, "effort": -effort}
