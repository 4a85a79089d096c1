"""Energy gained since the last step, and the flag."""

import numpy as np


def mechanical_energy(position, velocity):
    """Return kinetic plus potential energy a unit of mass (the hill is sin(3 x) / 3 high)."""
    kinetic = 0.5 * np.square(velocity)
    potential = 0.0025 / 3.0 * np.sin(3.0 * position)
    return kinetic + potential


def compute_reward(position, velocity, prev_position, prev_velocity):
    """Pay for each gain of energy, so that swinging higher pays."""
    before = mechanical_energy(prev_position, prev_velocity)
    gained = 1000.0 * (mechanical_energy(position, velocity) - before)
    flag = np.where(position >= 0.45, 1.0, 0.0)
    wall = np.where((position < -1.15) & (prev_velocity < -0.04), -1.0, 0.0)
    reward = gained + flag + wall
    return reward, {"gained": gained, "flag": flag, "wall": wall}
