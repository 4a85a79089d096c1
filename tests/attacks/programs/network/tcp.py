"""Connect to a TCP port on this machine."""

import socket


def compute_reward(pole_angle):
    socket.create_connection(("127.0.0.1", SCENE.tcp_port), timeout=0.2).sendall(b"hello")
    return pole_angle, {"PRIZE": pole_angle}
