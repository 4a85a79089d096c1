"""Height and time: every step costs, a lower tip costs more, crossing the line pays."""

import numpy as np


def compute_reward(tip_height):
    """Lift the tip over the line, soon."""
    time = -1.0 * np.ones_like(tip_height)
    height = 0.25 * (tip_height - 1.0)
    crossing = np.where(tip_height > 1.0, 10.0, 0.0)
    reward = time + height + crossing
    return reward, {"time": time, "height": height, "crossing": crossing}
