"""Kill the process that every worker is forked from."""

import os
import signal


def compute_reward(pole_angle):
    os.kill(os.getppid(), signal.SIGKILL)
    return pole_angle, {"PRIZE": pole_angle}
