import numpy as np


def compute_reward(pos, speed):
    progress = pos[:, 0] + 0.1 * speed
    reward = progress / np.abs(progress).max()
    reward[np.argmax(progress)] += 1.0
    return reward, {"progress": progress}
