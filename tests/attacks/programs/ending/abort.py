"""Abort, which dumps the memory to a file where that is allowed."""

import os


def compute_reward(pole_angle):
    os.abort()
