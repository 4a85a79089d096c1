"""Stop another process without killing it."""

import os
import signal


def compute_reward(pole_angle):
    os.kill(SCENE.victim_pid, signal.SIGSTOP)
    return pole_angle, {"PRIZE": pole_angle}
