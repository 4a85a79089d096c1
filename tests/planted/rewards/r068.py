"""Energy, a bonus for the first big swing to the left, and the flag."""

import numpy as np

MEMORY = {"swung": 0.0}

BIG_SWING = -0.8  # m, how far up the left slope


def energy(position, velocity):
    """Kinetic and potential energy a unit of mass."""
    return 0.5 * np.square(velocity) + 0.00083 * np.sin(3.0 * position)


def compute_reward(position, velocity, prev_position, prev_velocity, memory):
    """Swing back far enough, then run for the flag."""
    gain = 1000.0 * (energy(position, velocity) - energy(prev_position, prev_velocity))
    swung = np.maximum(memory["swung"], np.where(position < BIG_SWING, 1.0, 0.0))
    bonus = 2.0 * (swung - memory["swung"])
    flag = np.where(position >= 0.45, 10.0, 0.0)
    wall = np.where((position < -1.15) & (velocity < -0.03), -1.0, 0.0)
    reward = gain + bonus + flag + wall
    parts = {"gain": gain, "bonus": bonus, "flag": flag, "wall": wall}
    return reward, parts, {"swung": swung}
