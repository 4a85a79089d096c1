"""Name a component so that it reads in another direction than it is."""


def compute_reward(pole_angle):
    return pole_angle, {"gnp.\u202eyp.reward": pole_angle}
