import numpy as np

TARGET_POS = np.array([0, 0, 1])
HOVER_RPM = 14468.4


def quat_to_rpy(q):
    x, y, z, w = q / (np.linalg.norm(q) + 1e-8)
    roll = np.arctan2(2 * (w * x + y * z), 1 - 2 * (x**2 + y**2))
    pitch = np.arcsin(np.clip(2 * (w * y - z * x), -1, 1))
    return roll, pitch


def compute_reward(pos, quat, vel, ang_vel, rpm):
    hover = max(0, 2 - np.linalg.norm(TARGET_POS - pos) ** 4)
    roll, pitch = quat_to_rpy(quat)
    tilt = -0.1 * (abs(roll) + abs(pitch))
    spin = -0.02 * np.linalg.norm(ang_vel)
    effort = -0.05 * np.mean(((rpm - HOVER_RPM) / HOVER_RPM) ** 2)
    ret = hover + tilt + spin + effort
    return ret, {"hover": hover, "tilt": tilt, "spin": spin, "effort": effort}
