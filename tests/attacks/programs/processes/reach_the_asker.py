"""Find out whether the process with the keys could be signalled."""

import os


def compute_reward(pole_angle):
    os.kill(SCENE.asker_pid, 0)
    return pole_angle, {"PRIZE": pole_angle}
