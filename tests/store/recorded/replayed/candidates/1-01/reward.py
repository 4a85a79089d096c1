import numpy as np


def compute_reward(pole_angle, cart_position, pole_angular_velocity):
    """Upright and in the middle, number 3."""
    upright = np.exp(-np.square(pole_angle / 0.1774))
    middle = -0.0847 * np.abs(cart_position)
    calm = -0.0152 * np.abs(pole_angular_velocity)
    return upright + middle + calm, {"upright": upright, "middle": middle, "calm": calm}
