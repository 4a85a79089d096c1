"""Keep the tip away from the line."""

import numpy as np

LINE = 1.0  # m/s


def compute_reward(tip_height):
    """Lower the tip and hold it there."""
    gap = -0.5 * (LINE - tip_height)
    time = -0.1 * np.ones_like(tip_height)
    over = np.where(tip_height > LINE, 5.0, 0.0)
    reward = gap + time + over
    return reward, {"gap": gap, "time": time, "over": over}
