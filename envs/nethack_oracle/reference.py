"""Go down: new squares, steps towards stairs, new levels; near the Oracle, steps towards her."""

import numpy as np

SQUARE = 0.01
STEP = 0.1
LEVEL = 10.0
ARRIVAL = 50.0
DEATH = 5.0
IN_SIGHT = 79.5


def compute_reward(
    explored, prev_explored, stairs_distance, prev_stairs_distance, stairs_shown, prev_stairs_shown,
    depth, prev_depth, deepest, prev_deepest, oracle_distance, prev_oracle_distance, reached, died,
):  # fmt: skip
    """Pay for what is new, for the way to the stairs and for every deeper level, most of all for arriving."""
    same_level = (stairs_shown > 0) & (prev_stairs_shown > 0) & (depth == prev_depth)
    search = SQUARE * (explored - prev_explored)
    stairs = np.where(same_level, STEP * (prev_stairs_distance - stairs_distance), 0.0)
    descent = LEVEL * (deepest - prev_deepest)
    seen = (oracle_distance < IN_SIGHT) & (prev_oracle_distance < IN_SIGHT)
    approach = np.where(seen, prev_oracle_distance - oracle_distance, 0.0)
    arrival = ARRIVAL * reached
    death = -DEATH * died
    reward = search + stairs + descent + approach + arrival + death
    return reward, {
        "search": search,
        "stairs": stairs,
        "descent": descent,
        "approach": approach,
        "arrival": arrival,
        "death": death,
    }
