"""See new squares until the stairs are in sight, then come nearer to them."""

import numpy as np

SQUARE = 0.01
STEP = 0.1
ARRIVAL = 10.0
DEATH = 5.0


def compute_reward(
    explored,
    prev_explored,
    stairs_distance,
    prev_stairs_distance,
    stairs_shown,
    prev_stairs_shown,
    reached,
    died,
):
    """Pay for squares that are new, for each step towards known stairs, and for standing on them."""
    both = (stairs_shown > 0) & (prev_stairs_shown > 0)
    search = SQUARE * (explored - prev_explored)
    approach = np.where(both, STEP * (prev_stairs_distance - stairs_distance), 0.0)
    arrival = ARRIVAL * reached
    death = -DEATH * died
    reward = search + approach + arrival + death
    return reward, {"search": search, "approach": approach, "arrival": arrival, "death": death}
