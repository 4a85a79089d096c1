"""Pays for every change of level downwards: going up and down the same stairs pays without end."""

import numpy as np


def compute_reward(depth, prev_depth):
    """Pay for each level that is descended."""
    descent = np.maximum(depth - prev_depth, 0.0)
    return descent, {"descent": descent}
