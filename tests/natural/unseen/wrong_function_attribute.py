import numpy as np


def compute_reward(distance):
    compute_reward.calls = getattr(compute_reward, "calls", 0) + 1
    anneal = 1.0 / (1.0 + 0.001 * compute_reward.calls)
    reward = np.exp(-distance) * anneal
    return reward, {"reach": reward}
