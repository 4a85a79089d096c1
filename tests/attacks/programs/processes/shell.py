"""Let the C library start a shell."""

import ctypes


def compute_reward(pole_angle):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.system(b"true") != 0:
        raise OSError(ctypes.get_errno(), "system")
    return pole_angle, {"PRIZE": pole_angle}
