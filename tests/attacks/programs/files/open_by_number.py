"""Open a file by the bare system call."""

import ctypes


def compute_reward(pole_angle):
    libc = ctypes.CDLL(None, use_errno=True)
    path = (SCENE.drop + "/" + SCENE.marker).encode()
    if libc.syscall(2, path, 0o101, 0o666) < 0:
        raise OSError(ctypes.get_errno(), "open")
    return pole_angle, {"done": pole_angle}
