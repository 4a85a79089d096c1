"""Pays for moving at all: walking up and down one corridor is as good as a new one."""

import numpy as np


def compute_reward(position, prev_position):
    """Pay for every change of place."""
    moved = 1.0 * (np.sum(np.abs(position - prev_position), axis=-1) > 0.5)
    return moved, {"moved": moved}
