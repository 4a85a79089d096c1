import numpy as np
import math


def compute_reward(hull_angle, vel_x, joint_speeds, prev_hull_angle, action):
    shaping = 130 * vel_x / 30.0
    shaping -= 5.0 * abs(hull_angle)
    prev = -5.0 * abs(prev_hull_angle)
    reward = shaping - prev
    for a in action:
        reward -= 0.00035 * 80 * np.clip(np.abs(a), 0, 1)
    if math.fabs(hull_angle) > 0.9:
        reward = -100
    return reward, {"shaping": shaping, "prev": -prev}
