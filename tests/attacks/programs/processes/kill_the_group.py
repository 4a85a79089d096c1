"""Signal the whole process group."""

import os


def compute_reward(pole_angle):
    os.killpg(os.getpgid(os.getppid()), 0)
    return pole_angle, {"PRIZE": pole_angle}
