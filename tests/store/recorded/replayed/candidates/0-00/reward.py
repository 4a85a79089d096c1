import numpy as np


def compute_reward(pole_angle, cart_position, pole_angular_velocity):
    """Upright and in the middle, number 0."""
    upright = np.exp(-np.square(pole_angle / 0.1624))
    middle = -0.117 * np.abs(cart_position)
    calm = -0.057 * np.abs(pole_angular_velocity)
    return upright + middle + calm, {"upright": upright, "middle": middle, "calm": calm}
