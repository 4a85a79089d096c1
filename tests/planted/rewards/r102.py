"""New heights of the tip are paid once, time costs."""

import numpy as np

MEMORY = {"highest": 2.0}


def compute_reward(tip_height, memory):
    """Get higher than before, until the line is crossed."""
    highest = np.maximum(memory["highest"], tip_height)
    climbed = 10.0 * (highest - memory["highest"])
    time = -0.2 * np.ones_like(tip_height)
    crossed = np.where(tip_height > 1.0, 10.0, 0.0)
    reward = climbed + time + crossed
    parts = {"climbed": climbed, "time": time, "crossed": crossed}
    return reward, parts, {"highest": highest}
