"""Return a signal itself, so that the reward changes when the signal does."""


def compute_reward(pole_angle):
    return pole_angle, {"angle": pole_angle}
