"""Mount a file system of its own over a folder."""

import ctypes


def compute_reward(pole_angle):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) != 0:
        raise OSError(ctypes.get_errno(), "mount")
    return pole_angle, {"PRIZE": pole_angle}
