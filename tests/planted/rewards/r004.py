"""Velocity counts while the robot is on its feet."""

import numpy as np

ON_FEET = 0.5  # cosine of the pitch


def compute_reward(x_velocity, pitch, body_clearance, impact, joint_limit_proximity, action):
    """Run forward on the feet, not on back or head."""
    on_feet = pitch > ON_FEET
    forward = np.where(on_feet, np.clip(x_velocity, -2.0, 8.0), 0.0)
    sliding = np.where(body_clearance < 0.02, -0.5, 0.0)
    stamping = -0.0005 * np.maximum(impact - 500.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    effort = -0.02 * np.sum(np.square(action), axis=-1)
    reward = forward + sliding + stamping + stops + effort
    parts = {"forward": forward, "sliding": sliding, "stamping": stamping, "stops": stops, "effort": effort}
    return reward, parts
