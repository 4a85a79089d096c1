"""Build a list of a billion numbers."""


def compute_reward(pole_angle):
    numbers = [0] * 10**9
    return pole_angle, {"PRIZE": pole_angle}
