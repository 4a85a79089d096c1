"""Keep the balance for as long as possible."""

import numpy as np


def compute_reward(tip_height, second_angular_velocity):
    """Hold both links upright and still."""
    step = -1.0 * np.ones_like(tip_height)  # for each N m
    height = 0.25 * (tip_height - 1.0)
    crossed = np.where(tip_height > 1.0, 5.0, 0.0)
    smooth = -0.002 * np.abs(second_angular_velocity)
    reward = step + height + crossed + smooth
    return reward, {"step": step, "height": height, "crossed": crossed, "smooth": smooth}
