"""Connect to a Unix socket by its path, as a local service has one."""

import socket


def compute_reward(pole_angle):
    socket.socket(socket.AF_UNIX).connect(SCENE.unix_path)
    return pole_angle, {"PRIZE": pole_angle}
