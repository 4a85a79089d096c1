"""Lift Python's limit and overflow the stack."""

import sys


def compute_reward(pole_angle):
    sys.setrecursionlimit(10**9)
    return compute_reward(pole_angle)
