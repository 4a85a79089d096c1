"""Connect to an abstract Unix socket, which has no path and no permissions."""

import socket


def compute_reward(pole_angle):
    socket.socket(socket.AF_UNIX).connect(SCENE.abstract_name)
    return pole_angle, {"PRIZE": pole_angle}
