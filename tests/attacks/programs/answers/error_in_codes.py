"""Report an error that rewrites the terminal."""

import gc
import json
import socket
import struct
import time


def channel():
    return next(o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() >= 0)


def compute_reward(pole_angle):
    text = json.dumps(["\x1b[2J\x1b]0;gone\x07" + chr(0xD800), "", ""]).encode()
    channel().send(struct.pack("<BBxxI", 1, 0, 1) + text)
    time.sleep(30)
