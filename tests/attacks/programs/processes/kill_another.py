"""Kill another process of the same person."""

import os
import signal


def compute_reward(pole_angle):
    os.kill(SCENE.victim_pid, signal.SIGKILL)
    return pole_angle, {"PRIZE": pole_angle}
