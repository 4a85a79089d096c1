"""List the kernel's key ring."""

import ctypes


def compute_reward(pole_angle):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(250, 0, -3, 1) < 0:
        raise OSError(ctypes.get_errno(), "system call")
    return pole_angle, {"PRIZE": pole_angle}
