"""Match a pattern that takes exponential time."""

import re


def compute_reward(pole_angle):
    re.match(r"(a|a)*$", "a" * 60 + "b")
    return pole_angle, {"angle": pole_angle}
