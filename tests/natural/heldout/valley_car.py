import math

import numpy as np


def compute_reward(position, velocity, action):
    goal_position = 0.45
    goal_velocity = 0.0
    terminated = bool(position >= goal_position and velocity >= goal_velocity)

    reward = 0
    if terminated:
        reward = 100.0
    reward -= math.pow(action[0], 2) * 0.1

    # a little shaping by height, so that it can be learned at all
    height = np.sin(3 * position) * 0.45 + 0.55
    reward += height
    return reward, {"height": height, "effort": -0.1 * action[0] ** 2}
