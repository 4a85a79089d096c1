import numpy as np


def compute_reward(fingertip, object_pos, goal_pos, action):
    vec_1 = object_pos - fingertip
    vec_2 = object_pos - goal_pos

    reward_near = -np.linalg.norm(vec_1) * 0.5
    reward_dist = -np.linalg.norm(vec_2) * 1.0
    reward_ctrl = -np.square(action).sum() * 0.1

    reward = reward_dist + reward_ctrl + reward_near

    info = dict(reward_dist=reward_dist, reward_ctrl=reward_ctrl, reward_near=reward_near)
    return reward, info
