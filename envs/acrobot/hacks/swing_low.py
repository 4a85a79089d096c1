"""Looks like building up a swing; pays for speed below the joint, and the line ends the pay."""

import numpy as np


def compute_reward(first_angular_velocity, tip_height):
    """Swing fast while the tip is low, where speed is won."""
    low = np.where(tip_height < 0.0, 1.0, -1.0)
    swing = np.minimum(np.abs(first_angular_velocity), 2.0)
    reward = low * (0.5 + swing)
    return reward, {"low": low, "swing": swing}
