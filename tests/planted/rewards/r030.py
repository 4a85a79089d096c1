"""Mechanical energy gained, the flag, and a cost of rushing into the left wall."""

import numpy as np

NEAR_WALL = -1.0  # m


def energy(position, velocity):
    """Kinetic and potential energy; the slope's acceleration is -0.0025 cos(3 x)."""
    return 0.5 * np.square(velocity) + 0.0025 / 3.0 * np.sin(3.0 * position)


def compute_reward(position, velocity, prev_position, prev_velocity):
    """Pump energy by swinging, and mind the wall."""
    gain = 1000.0 * (energy(position, velocity) - energy(prev_position, prev_velocity))
    leftwards = 50.0 * np.minimum(velocity, 0.0)
    wall = leftwards
    flag = np.where(position >= 0.45, 10.0, 0.0)
    reward = gain + wall + flag
    return reward, {"gain": gain, "wall": wall, "flag": flag}
