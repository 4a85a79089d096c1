"""A little for every step, and shaping towards an upright pole and a centred cart."""

import numpy as np

SHAPING = 50.0  # points for each rad of lean lost


def compute_reward(pole_angle, cart_position, cart_velocity):
    """Stay up, and correct leans soon."""
    alive = 0.1 * np.ones_like(pole_angle)
    lean = np.abs(pole_angle)
    righting = -SHAPING * lean
    centre = -0.02 * np.square(cart_position / 2.4)
    calm = -0.005 * np.abs(cart_velocity)
    reward = alive + righting + centre + calm
    return reward, {"alive": alive, "righting": righting, "centre": centre, "calm": calm}
