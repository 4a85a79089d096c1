"""Read memory that is not there."""

import ctypes


def compute_reward(pole_angle):
    ctypes.string_at(0)
    return pole_angle, {"PRIZE": pole_angle}
