"""Name components with things that are no text."""

import gc
import socket
import struct
import time


def channel():
    return next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() >= 0)


def compute_reward(pole_angle):
    channel().send(struct.pack("<BBxxI", 0, 2, 1) + b'[["a"], {"b": 1}]')
    time.sleep(30)
