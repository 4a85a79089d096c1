"""Walk inside the crouch."""

import numpy as np

CROUCH = 0.85  # height of the torso
WIDTH = 0.15
PACE = 1.5  # m/s


def compute_reward(
    x_velocity,
    height,
    pitch,
    right_foot_height,
    left_foot_height,
    body_clearance,
    impact,
    joint_limit_proximity,
):
    """Forward while low, one foot up at a time."""
    low = np.exp(-np.square((height - CROUCH) / WIDTH))
    forward = 2.0 * np.clip(x_velocity, -1.0, PACE) * low
    level = 0.5 * np.exp(-np.square(pitch / 0.4))
    treading = 3.0 * np.clip(np.abs(right_foot_height - left_foot_height), 0.0, 0.1) * low
    kneeling = np.where(body_clearance < 0.05, -1.0, 0.0)
    soft = -0.0005 * np.maximum(impact - 700.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = forward + low + level + treading + kneeling + soft + stops
    parts = {"forward": forward, "low": low, "level": level, "treading": treading, "kneeling": kneeling}
    return reward, {**parts, "soft": soft, "stops": stops}
