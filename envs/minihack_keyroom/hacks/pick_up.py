"""Pays for trying to pick something up, wherever nothing lies, too."""


def compute_reward(action):
    """Pay for each attempt."""
    attempt = 1.0 * action[:, 8]
    return attempt, {"attempt": attempt}
