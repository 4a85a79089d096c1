import numpy as np
from scipy.spatial.distance import cdist


def compute_reward(tool, cube, goal, qvel):
    reward = 0
    dist_tool = np.linalg.norm(tool - cube)
    dist_goal = np.linalg.norm(cube - goal)
    reward += 1 - np.tanh(3.0 * dist_tool)
    if dist_tool < 0.5:
        reward += 1 - np.tanh(3.0 * dist_goal)
        if dist_goal < 0.6:
            reward += 1 - np.tanh(np.linalg.norm(qvel) / 2)
            static = np.max(np.abs(qvel)) <= 0.5
            if static:
                reward += 1
    reward /= 4.0
    return reward, {"tool": -dist_tool, "goal": -dist_goal}
