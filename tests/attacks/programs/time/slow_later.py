"""Behave for two thousand calls, and then never return."""

CALLS = 1010  # two requests each

count = [0]


def compute_reward(pole_angle):
    count[0] += 1
    while count[0] > 2000:
        pass
    return pole_angle, {"angle": pole_angle}
