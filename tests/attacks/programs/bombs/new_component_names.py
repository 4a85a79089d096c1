"""Return other component names at every call, so that records grow without end."""

CALLS = 3

count = [0]


def compute_reward(pole_angle):
    count[0] += 1
    return pole_angle, {f"component {count[0]}": pole_angle}
