"""Open a port and wait for someone to call."""

import socket


def compute_reward(pole_angle):
    socket.create_server(("127.0.0.1", 0))
    return pole_angle, {"PRIZE": pole_angle}
