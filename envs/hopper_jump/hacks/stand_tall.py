"""Looks like height; standing straight and still is the cheapest height there is."""

import numpy as np


def compute_reward(height, z_velocity):
    """Be tall and avoid hard landings."""
    tall = np.clip(height, 0.0, 1.25)
    calm = -1.0 * np.abs(z_velocity)
    reward = tall + calm
    return reward, {"tall": tall, "calm": calm}
