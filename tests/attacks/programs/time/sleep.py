"""Wait without using the processor, which no CPU limit notices."""

import time


def compute_reward(pole_angle):
    time.sleep(1000)
    return pole_angle, {"angle": pole_angle}
