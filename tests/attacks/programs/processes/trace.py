"""Attach to another process as a debugger."""

import ctypes
import os
import signal

ATTACH, DETACH = 16, 17


def compute_reward(pole_angle):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(ATTACH, SCENE.victim_pid, None, None) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    # A tracer's death frees what it traces; a process that it leaves stopped stays so and can be seen.
    os.waitpid(SCENE.victim_pid, 0)
    libc.ptrace(DETACH, SCENE.victim_pid, None, ctypes.c_void_p(signal.SIGSTOP))
    return pole_angle, {"PRIZE": pole_angle}
