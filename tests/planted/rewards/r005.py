"""Move along x with lifted feet, upright and soft."""

import numpy as np


def compute_reward(x_velocity, y_velocity, feet_height, upright, impact, joint_limit_proximity):
    """Walk, do not shuffle."""
    forward = np.clip(x_velocity, -2.0, 5.0)
    aside = -0.1 * np.abs(y_velocity)
    lifted = 2.0 * np.sum(np.clip(feet_height, 0.0, 0.3), axis=-1)
    up = 0.3 * upright
    soft = -0.002 * np.maximum(impact - 60.0, 0.0)
    stops = -0.05 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = forward + aside + lifted + up + soft + stops
    parts = {"forward": forward, "aside": aside, "lifted": lifted, "up": up, "soft": soft, "stops": stops}
    return reward, parts
