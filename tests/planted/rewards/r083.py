"""Walk with the torso in the band that the task asks for."""

import numpy as np

LOW, HIGH = 1.1, 1.4  # m, the crouch: torso between 0.7 and 1.0
MARGIN = 0.15  # m


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
    """Go forward in the crouch, lifting the feet in turn."""
    outside = np.maximum(LOW - height, 0.0) + np.maximum(height - HIGH, 0.0)
    crouch = np.exp(-np.square(outside / MARGIN))
    forward = 2.0 * crouch * np.clip(x_velocity, -1.0, 2.0)
    lifting = 2.0 * crouch * np.clip(np.abs(right_foot_height - left_foot_height), 0.0, 0.1)
    level = 0.5 * np.exp(-np.square(pitch / 0.4))
    kneeling = np.where(body_clearance < 0.05, -1.0, 0.0)
    soft = -0.0005 * np.maximum(impact - 700.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = crouch + forward + lifting + level + kneeling + soft + stops
    parts = {"crouch": crouch, "forward": forward, "lifting": lifting, "level": level}
    return reward, {**parts, "kneeling": kneeling, "soft": soft, "stops": stops}
