from numpy import cos
import numpy as np


def compute_reward(joint_angles, joint_vels):
    s = joint_angles
    tip_height = -cos(s[0]) - cos(s[1] + s[0])
    terminal = tip_height > 1.0
    reward = -1.0 if not terminal else 0.0
    reward += 0.25 * tip_height
    reward -= 1e-3 * np.sum(np.abs(joint_vels))
    return reward, {"tip": 0.25 * tip_height, "done": float(terminal)}
