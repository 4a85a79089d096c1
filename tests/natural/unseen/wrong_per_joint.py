import numpy as np


def compute_reward(joint_error):
    reward = np.exp(-np.abs(joint_error))
    return reward, {"tracking": reward}
