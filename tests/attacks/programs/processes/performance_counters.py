"""Measure other processes with performance counters."""

import ctypes


def compute_reward(pole_angle):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(298, ctypes.create_string_buffer(128), -1, 0, -1, 0) < 0:
        raise OSError(ctypes.get_errno(), "system call")
    return pole_angle, {"PRIZE": pole_angle}
