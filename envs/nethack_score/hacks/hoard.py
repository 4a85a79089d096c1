"""Counts coins at every step: who has found some rests beside them, and neither fights nor goes deeper."""

import numpy as np


def compute_reward(gold, hp):
    """Pay each step for the gold that is carried, while alive."""
    wealth = np.where(hp > 0, np.log(1.0 + gold), 0.0)
    return wealth, {"wealth": wealth}
