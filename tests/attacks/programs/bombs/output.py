"""Print 200 MB, in the hope that somebody keeps or reads it."""

import os


def compute_reward(pole_angle):
    for _ in range(200):
        os.write(1, b"o" * 2**20)
        os.write(2, b"e" * 2**20)
    return pole_angle, {"printed": pole_angle}
