"""Write into a signal by an operator that looks like arithmetic."""


def compute_reward(pole_angle):
    pole_angle *= 0.0
    return pole_angle, {"angle": pole_angle}
