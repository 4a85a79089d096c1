"""Build a text of 64 GiB."""


def compute_reward(pole_angle):
    text = "a" * 2**36
    return pole_angle, {"PRIZE": pole_angle}
