"""Energy gained, fuel saved, the flag reached."""

import numpy as np


def energy(position, velocity):
    """Kinetic and potential energy a unit of mass."""
    return 0.5 * np.square(velocity) + 0.00083 * np.sin(3.0 * position)


def compute_reward(position, velocity, prev_position, prev_velocity, force):
    """Swing higher and higher, without wasting fuel."""
    gain = 1000.0 * (energy(position, velocity) - energy(prev_position, prev_velocity))
    fuel = -0.005 * np.square(force)
    flag = np.where(position >= 0.45, 10.0, 0.0)
    wall = np.where((position < -1.1) & (velocity < -0.03), -1.0, 0.0)
    reward = gain + fuel + flag + wall
    return reward, {"gain": gain, "fuel": fuel, "flag": flag, "wall": wall}
