"""Turning counts while the body is clear of the ground."""

import numpy as np

CLEAR = 1.5  # kg


def compute_reward(pitch, prev_pitch, upright, z_velocity, body_clearance, impact, action):
    """Run forward at an even pace."""
    turned = prev_pitch - pitch
    flip = 10.0 * np.where(body_clearance > CLEAR, turned, np.minimum(turned, 0.0))
    takeoff = 0.4 * np.clip(z_velocity, 0.0, 3.0) * np.maximum(upright, 0.0)
    head = np.where((upright < 0.5) & (body_clearance < 0.02), -2.0, 0.0)
    soft = -0.001 * np.maximum(impact - 500.0, 0.0)
    effort = -0.02 * np.sum(np.square(action), axis=-1)
    reward = flip + takeoff + head + soft + effort
    return reward, {"flip": flip, "takeoff": takeoff, "head": head, "soft": soft, "effort": effort}
