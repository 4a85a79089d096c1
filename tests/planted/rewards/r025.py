"""Backward turning, more in the air, and little torque."""

import numpy as np

TORQUE_COST = 1e-6  # for each (N m)^2; torques reach 120 N m


def compute_reward(pitch_velocity, upright, z_velocity, body_clearance, impact, torque):
    """Jump off and turn over backwards, land on the feet."""
    backward = np.clip(-pitch_velocity, -3.0, 10.0)
    spin = 0.3 * backward
    flying = np.clip(body_clearance, 0.0, 0.6) * np.maximum(backward, 0.0)
    takeoff = 0.3 * np.clip(z_velocity, 0.0, 3.0) * np.maximum(upright, 0.0)
    lying = np.where((upright < 0.3) & (body_clearance < 0.02), -3.0, 0.0)
    soft = -0.001 * np.maximum(impact - 500.0, 0.0)
    effort = -TORQUE_COST * np.sum(np.square(torque), axis=-1)
    reward = spin + flying + takeoff + lying + soft + effort
    parts = {"spin": spin, "flying": flying, "takeoff": takeoff, "lying": lying, "soft": soft}
    return reward, {**parts, "effort": effort}
