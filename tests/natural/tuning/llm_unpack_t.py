import numpy as np


def compute_reward(pose, vel):
    x, y, z = pose.T
    vx = vel[:, 0]
    upright = np.logical_and(z > 0, np.abs(x) < 0.5)
    r = vx * upright - np.abs(y)
    return r, {"forward": vx * upright, "lateral": -np.abs(y)}
