"""Ask the kernel about network devices."""

import socket


def compute_reward(pole_angle):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    return pole_angle, {"PRIZE": pole_angle}
