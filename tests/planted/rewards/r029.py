"""Run with lively legs."""

import numpy as np


def compute_reward(x_velocity, joint_velocities, upright, impact, joint_limit_proximity):
    """Climb as high as possible without falling off."""
    forward = np.clip(x_velocity, -2.0, 8.0)
    leg_speed = np.mean(np.abs(joint_velocities), axis=-1)  # m/s of the slowest leg
    lively = 0.2 * np.minimum(leg_speed, 15.0)
    on_feet = -2.0 * np.maximum(-upright, 0.0)
    stamping = -0.0005 * np.maximum(impact - 500.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = forward + lively + on_feet + stamping + stops
    parts = {"forward": forward, "lively": lively, "on_feet": on_feet, "stamping": stamping, "stops": stops}
    return reward, parts
