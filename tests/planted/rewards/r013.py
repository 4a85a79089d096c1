"""Balancing with a bonus for every step."""

import numpy as np

ALIVE = 1.0  # paid for each step
LEAN_LIMIT = 0.2095  # rad


def compute_reward(pole_angle, cart_position, cart_velocity):
    """Stay up as long as possible."""
    # A step is worth ALIVE; a lean at the limit takes all of it away again.
    balance = -ALIVE * np.square(pole_angle / LEAN_LIMIT)
    # Small costs keep the cart near the middle and quiet.
    off_centre = -0.2 * np.square(cart_position / 2.4)
    quiet = -0.01 * np.abs(cart_velocity)
    reward = balance + off_centre + quiet
    return reward, {"balance": balance, "off_centre": off_centre, "quiet": quiet}
