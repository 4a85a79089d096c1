"""Return a component with a name of a megabyte."""


def compute_reward(pole_angle):
    return pole_angle, {"n" * 2**20: pole_angle}
