"""Balance the pole: a point a step, less for leaning, for drifting and for shaking the cart."""

import numpy as np

LEAN_LIMIT = 0.2095  # rad, where the episode ends
TRACK_LIMIT = 2.4  # m


def compute_reward(pole_angle, cart_position, cart_velocity):
    """Stand upright in the middle of the track."""
    lean = np.square(pole_angle / LEAN_LIMIT)
    balance = lean - 1.0
    centre = -0.3 * np.square(cart_position / TRACK_LIMIT)
    calm = -0.02 * np.square(cart_velocity)
    reward = balance + centre + calm
    return reward, {"balance": balance, "centre": centre, "calm": calm}
