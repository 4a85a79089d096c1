"""What signals show of the way: the stairs' first sight, steps to them, arriving; not of the key."""

import numpy as np


def compute_reward(
    stairs_shown, prev_stairs_shown, stairs_distance, prev_stairs_distance, explored, prev_explored, reached
):
    """Pay once for seeing the stairs, then for coming nearer, and for arriving."""
    both = (stairs_shown > 0) & (prev_stairs_shown > 0)
    sight = 2.0 * np.maximum(stairs_shown - prev_stairs_shown, 0.0)
    search = 0.1 * np.maximum(explored - prev_explored, 0.0)
    approach = np.where(both, 0.2 * (prev_stairs_distance - stairs_distance), 0.0)
    arrival = 10.0 * reached
    reward = sight + search + approach + arrival
    return reward, {"sight": sight, "search": search, "approach": approach, "arrival": arrival}
