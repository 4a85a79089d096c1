"""Paid for an upright pole; wandering and shaking cost a little."""

import numpy as np

LEAN_SCALE = 0.2  # rad
SHAKING_COST = 0.05  # for each (rad/s)^2


def compute_reward(pole_angle, cart_position, pole_angular_velocity):
    """Hold the pole near the vertical and the cart near the middle."""
    upright = np.exp(-np.square(pole_angle / LEAN_SCALE))
    wander = -0.1 * np.abs(cart_position) / 2.4
    shaking = -SHAKING_COST * np.square(pole_angular_velocity)
    reward = upright + wander + shaking
    return reward, {"upright": upright, "wander": wander, "shaking": shaking}
