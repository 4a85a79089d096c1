"""Balance: paid for every step, a little less for leaning and for leaving the middle."""

import numpy as np


def compute_reward(pole_angle, cart_position):
    """Stay up, upright and in the middle."""
    alive = np.ones_like(pole_angle)
    lean = -0.5 * np.square(pole_angle / 0.2095)
    off_centre = -0.2 * np.square(cart_position / 2.4)
    reward = alive + lean + off_centre
    return reward, {"alive": alive, "lean": lean, "off_centre": off_centre}
