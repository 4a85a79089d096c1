"""Compute a power with more digits than there are atoms."""


def compute_reward(pole_angle):
    return pole_angle * (9**9**9), {"power": pole_angle}
