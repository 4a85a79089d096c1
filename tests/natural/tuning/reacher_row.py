import numpy as np


def compute_reward(fingertip, target, action):
    vec = fingertip - target
    reward_dist = -np.linalg.norm(vec)
    reward_ctrl = -np.square(action).sum()
    reward = reward_dist + reward_ctrl
    return reward, dict(reward_dist=reward_dist, reward_ctrl=reward_ctrl)
