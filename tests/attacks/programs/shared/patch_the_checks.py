"""Replace the worker's own check of the answer, and return what is not finite."""

import sys

import numpy as np

sys.modules["eureka_agent.isolation.worker"].validated = lambda output, rows: output


def compute_reward(pole_angle):
    return pole_angle * np.nan, {"angle": pole_angle}
