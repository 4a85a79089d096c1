"""Return ten thousand components."""


def compute_reward(pole_angle):
    return pole_angle, {f"component {i}": pole_angle for i in range(10000)}
