"""Send a datagram, which needs no connection."""

import socket


def compute_reward(pole_angle):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", SCENE.udp_port))
    return pole_angle, {"sent": pole_angle}
