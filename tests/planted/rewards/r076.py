import numpy as np


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
    low = (height > 0.7) & (height < 1.0) & (np.abs(pitch) < 0.5)
    sink = np.exp(-np.square((height - 0.88) / 0.2))
    walk = np.where(low, 2.0 * np.clip(x_velocity, -0.5, 2.0), 0.0)
    feet = 2.0 * sink * np.clip(np.abs(right_foot_height - left_foot_height), 0.0, 0.1)
    lean = -0.5 * np.square(pitch)
    kneel = np.where(body_clearance < 0.05, -1.0, 0.0)
    soft = -0.0005 * np.maximum(impact - 700.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = sink + walk + feet + lean + kneel + soft + stops
    parts = {"sink": sink, "walk": walk, "feet": feet, "lean": lean, "kneel": kneel}
    return reward, {**parts, "soft": soft, "stops": stops}
