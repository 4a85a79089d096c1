import numpy as np


def compute_reward(fingertip, target, action):
    vec = fingertip - target
    reward_dist = -np.linalg.norm(vec, axis=-1) * 1.0
    reward_ctrl = -np.square(action).sum(axis=1) * 0.1
    reward = reward_dist + reward_ctrl
    return reward, dict(reward_dist=reward_dist, reward_ctrl=reward_ctrl)
