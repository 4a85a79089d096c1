"""Raise an error of 64 MB, which might be logged, journalled and sent to a model."""


def compute_reward(pole_angle):
    raise ValueError("x" * 2**26)
