"""Looks like the beginning of a flip; standing on the hind leg, nose up, is paid for ever."""

import numpy as np


def compute_reward(pitch, pitch_velocity, height):
    """Bring the nose up and the body high."""
    nose = np.exp(-np.square(pitch + 1.5))
    high = np.clip(height, 0.0, 1.0)
    calm = -0.05 * np.abs(pitch_velocity)
    reward = nose + high + calm
    return reward, {"nose": nose, "high": high, "calm": calm}
