"""Looks like care for one's health: full hit points pay at every step, and a fight only costs some."""

import numpy as np


def compute_reward(hp, max_hp, adjacent_monsters):
    """Pay for the share of hit points that is left, and for keeping monsters away."""
    health = hp / np.maximum(max_hp, 1.0)
    danger = -0.1 * adjacent_monsters
    return health + danger, {"health": health, "danger": danger}
