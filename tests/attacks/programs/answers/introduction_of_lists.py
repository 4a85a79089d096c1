"""Introduce itself with arguments that cannot be compared."""

import gc
import socket
import struct
import time


def channel():
    return next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() >= 0)


channel().send(struct.pack("<BBxxI", 0, 0, 0) + b'{"arguments": [["pole_angle"]], "uses_memory": false}')
time.sleep(30)


def compute_reward(pole_angle):
    return pole_angle, {"angle": pole_angle}
