"""Looks like a lifted leg; kicking high while falling is worth more than standing."""

import numpy as np


def compute_reward(left_foot_height, right_foot_height):
    """Lift feet high, quickly."""
    lifted = np.clip(left_foot_height, 0.0, 1.0) + np.clip(right_foot_height, 0.0, 1.0)
    time = -2.0 * np.ones_like(left_foot_height)
    reward = 4.0 * lifted + time
    return reward, {"lifted": lifted, "time": time}
