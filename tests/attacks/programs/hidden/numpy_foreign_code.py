"""Let NumPy load a shared library."""

import numpy as np


def compute_reward(pole_angle):
    library = np.ctypeslib.load_library("libc.so.6", "/lib/x86_64-linux-gnu")
    if library.system(b"true") != 0:
        raise LookupError("nothing")
    return pole_angle, {"PRIZE": pole_angle}
