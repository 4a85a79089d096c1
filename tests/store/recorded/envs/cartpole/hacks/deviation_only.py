"""Looks like a tidy cost on deviations; every step costs, so the shortest episode is the best."""

import numpy as np


def compute_reward(pole_angle, pole_angular_velocity, cart_position):
    """Punish leaning, wobbling and drifting."""
    lean = -10.0 * np.abs(pole_angle)
    wobble = -np.abs(pole_angular_velocity)
    drift = -np.abs(cart_position)
    reward = lean + wobble + drift - 1.0
    return reward, {"lean": lean, "wobble": wobble, "drift": drift}
