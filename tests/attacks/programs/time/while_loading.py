"""Never finish loading."""

while True:
    pass


def compute_reward(pole_angle):
    return pole_angle, {"angle": pole_angle}
