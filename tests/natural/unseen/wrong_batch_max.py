import numpy as np


def compute_reward(distance, speed):
    closeness = 1.0 - distance / np.max(distance)
    return closeness + 0.1 * speed, {"closeness": closeness, "speed": 0.1 * speed}
