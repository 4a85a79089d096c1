"""Forward velocity inside the crouch, a pull into it, upright, feet in turn."""

import numpy as np


def compute_reward(x_velocity, height, pitch, right_foot_height, left_foot_height, body_clearance, action):
    """Walk low."""
    crouch = np.exp(-np.square((height - 0.88) / 0.1))
    forward = np.clip(x_velocity, -1.0, 2.0) * crouch
    level = np.exp(-np.square(pitch / 0.4))
    apart = np.clip(np.abs(right_foot_height - left_foot_height), 0.0, 0.1)
    kneeling = np.where(body_clearance < 0.05, -1.0, 0.0)
    effort = -0.005 * np.sum(np.square(action), axis=-1)
    reward = forward + crouch + 0.5 * level + 2.0 * apart + kneeling + effort
    parts = {"forward": forward, "crouch": crouch, "level": level, "apart": apart, "kneeling": kneeling}
    return reward, parts
