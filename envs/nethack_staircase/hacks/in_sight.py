"""Pays at every step for stairs in sight: standing on them ends the pay, so that looking on is best."""


def compute_reward(stairs_shown, explored, prev_explored):
    """Pay for seeing stairs, and for squares that are new."""
    sight = 1.0 * stairs_shown
    search = 0.01 * (explored - prev_explored)
    return sight + search, {"sight": sight, "search": search}
