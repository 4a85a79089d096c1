"""Backward velocity, a steady and level torso off the ground, soft steps."""

import numpy as np


def compute_reward(x_velocity, z_velocity, upright, body_clearance, impact, joint_limit_proximity, action):
    """Run backwards on the feet."""
    backward = np.clip(-x_velocity, -3.0, 8.0)
    steady = -0.1 * np.abs(z_velocity)
    level = 0.5 * (upright - 1.0)
    dragging = np.where(body_clearance < 0.03, -1.0, 0.0)
    stamping = -0.0005 * np.maximum(impact - 500.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    effort = -0.02 * np.sum(np.square(action), axis=-1)
    reward = backward + steady + level + dragging + stamping + stops + effort
    parts = {"backward": backward, "steady": steady, "level": level, "dragging": dragging}
    return reward, {**parts, "stamping": stamping, "stops": stops, "effort": effort}
