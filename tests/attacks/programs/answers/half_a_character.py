"""Name a component with half a character, which no file can hold."""


def compute_reward(pole_angle):
    return pole_angle, {"half \ud800": pole_angle}
