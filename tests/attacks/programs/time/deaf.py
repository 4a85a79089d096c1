"""Ignore every signal that can be ignored, then loop."""

import signal


def compute_reward(pole_angle):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    while True:
        pass
