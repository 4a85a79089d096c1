"""Energy: paid for every gain of mechanical energy, and for reaching the flag."""

import numpy as np


def energy(position, velocity):
    """Kinetic and potential energy a unit of mass; the slope's acceleration is -0.0025 cos(3 x)."""
    return 0.5 * np.square(velocity) + 0.0025 / 3.0 * np.sin(3.0 * position)


def compute_reward(position, velocity, prev_position, prev_velocity, force):
    """Gain energy until the flag is reached."""
    gain = 1000.0 * (energy(position, velocity) - energy(prev_position, prev_velocity))
    flag = np.where(position >= 0.45, 10.0, 0.0)
    effort = -0.001 * np.square(force)
    reward = gain + flag + effort
    return reward, {"gain": gain, "flag": flag, "effort": effort}
