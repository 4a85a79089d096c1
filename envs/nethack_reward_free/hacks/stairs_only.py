"""Pays for standing on stairs: who has found some stays there."""


def compute_reward(on_stairs_down, stairs_shown):
    """Pay for stairs, most of all underfoot."""
    found = 0.1 * stairs_shown
    standing = 1.0 * on_stairs_down
    return found + standing, {"found": found, "standing": standing}
