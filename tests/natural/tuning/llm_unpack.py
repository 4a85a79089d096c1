import numpy as np


def compute_reward(pose, quat):
    x, y, z = pose
    qw, qx, qy, qz = quat
    yaw = np.arctan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy**2 + qz**2))
    planar = np.hypot(x, y)
    return z - planar - 0.1 * abs(yaw), {"height": z, "planar": -planar, "yaw": -0.1 * abs(yaw)}
