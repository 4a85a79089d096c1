"""Squares that are new, and levels that are new, where more of them are."""

SQUARE = 0.05
LEVEL = 5.0
DEATH = 5.0


def compute_reward(explored, prev_explored, levels_visited, prev_levels_visited, died):
    """Pay for what was never seen before in the episode."""
    squares = SQUARE * (explored - prev_explored)
    levels = LEVEL * (levels_visited - prev_levels_visited)
    death = -DEATH * died
    return squares + levels + death, {"squares": squares, "levels": levels, "death": death}
