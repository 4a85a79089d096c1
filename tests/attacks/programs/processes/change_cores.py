"""Push another process onto one core."""

import os


def compute_reward(pole_angle):
    os.sched_setaffinity(SCENE.victim_pid, {0})
    return pole_angle, {"PRIZE": pole_angle}
