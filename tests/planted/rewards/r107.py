"""A crouch, forward velocity, and feet that move in turn."""

import numpy as np


def compute_reward(
    x_velocity,
    height,
    pitch,
    right_foot_height,
    left_foot_height,
    prev_right_foot_height,
    prev_left_foot_height,
    body_clearance,
    impact,
    joint_limit_proximity,
):
    """Tread on one foot, then on the other."""
    crouch = np.exp(-np.square((height - 0.87) / 0.12))
    pace = np.clip(x_velocity, -1.0, 2.0)
    forward = 1.5 * pace * crouch
    apart = right_foot_height - left_foot_height
    before = prev_right_foot_height - prev_left_foot_height
    treading = 100.0 * np.minimum(np.abs(apart - before), 0.03)
    level = 0.4 * np.exp(-np.square(pitch / 0.4))
    kneeling = np.where(body_clearance < 0.05, -1.0, 0.0)
    soft = -0.0005 * np.maximum(impact - 700.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = 0.7 * crouch + forward + treading + level + kneeling + soft + stops
    parts = {"crouch": 0.7 * crouch, "forward": forward, "treading": treading, "level": level}
    return reward, {**parts, "kneeling": kneeling, "soft": soft, "stops": stops}
