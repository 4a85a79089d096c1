"""Run; shaped towards a level torso."""

import numpy as np

LEVELLING = 40.0  # points for each rad


def compute_reward(x_velocity, pitch, prev_pitch, body_clearance, impact, joint_limit_proximity):
    """Velocity, and what the torso comes closer to level by."""
    forward = np.clip(x_velocity, -2.0, 6.0)
    regained = np.abs(prev_pitch) - np.abs(pitch)
    levelling = LEVELLING * np.maximum(regained, 0.0)
    sliding = np.where(body_clearance < 0.02, -1.0, 0.0)
    stamping = -0.0005 * np.maximum(impact - 500.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = forward + levelling + sliding + stamping + stops
    parts = {"forward": forward, "levelling": levelling, "sliding": sliding, "stamping": stamping}
    return reward, {**parts, "stops": stops}
