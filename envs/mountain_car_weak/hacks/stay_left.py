"""Looks like climbing; pays for every step spent high on the left hill, and the flag ends the pay."""

import numpy as np


def compute_reward(position):
    """Gain height on the left to have momentum for the right."""
    height = np.maximum(-0.52 - position, 0.0)
    away = np.where(position > 0.0, -1.0, 0.0)
    reward = height + away
    return reward, {"height": height, "away": away}
