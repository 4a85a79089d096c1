"""Make a file that lies in memory only, to run a program from it."""

import os


def compute_reward(pole_angle):
    os.memfd_create("program")
    return pole_angle, {"PRIZE": pole_angle}
