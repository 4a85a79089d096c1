"""Pretend that the person pressed Ctrl-C."""


def compute_reward(pole_angle):
    raise KeyboardInterrupt
