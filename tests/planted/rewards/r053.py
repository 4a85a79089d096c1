"""A pull towards the top, and a bonus for holding it quietly there."""

import numpy as np

HELD_RAD = 0.05
SPEED_SCALE = 1.0  # rad/s


def compute_reward(angle, angular_velocity, torque):
    """Swing up, then hold with little torque."""
    up = 0.5 * (1.0 + np.cos(angle))
    at_top = np.where(np.abs(angle) < HELD_RAD, 1.0, 0.0)
    pull = up * at_top
    hold = at_top * np.exp(-np.square(angular_velocity / SPEED_SCALE))
    gentle = -0.01 * at_top * np.square(torque)
    reward = pull + hold + gentle
    return reward, {"pull": pull, "hold": hold, "gentle": gentle}
