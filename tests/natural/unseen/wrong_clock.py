import time

import numpy as np

START = time.time()


def compute_reward(distance):
    urgency = 1.0 + 0.01 * (time.time() - START)
    reward = -distance * urgency
    return reward, {"distance": reward, "near": np.exp(-distance)}
