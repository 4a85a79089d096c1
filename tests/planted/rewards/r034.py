"""Turns backwards are paid as they are made."""

import numpy as np

WHOLE = 2.0 * np.pi  # rad


def compute_reward(pitch, prev_pitch, height, upright, z_velocity, body_clearance, impact, action):
    """Sixty points for a whole turn, and some for taking off and for standing."""
    turned = 60.0 * np.clip((prev_pitch - pitch) / WHOLE, -1.0, 1.0)
    takeoff = 0.4 * np.clip(z_velocity, 0.0, 3.0) * np.maximum(upright, 0.0)
    standing = np.where((upright > 0.8) & (height > 0.9), 0.1, 0.0)
    lying = np.where(body_clearance < 0.02, -1.0, 0.0)
    soft = -0.0005 * np.maximum(impact - 800.0, 0.0)
    effort = -0.005 * np.sum(np.square(action), axis=-1)
    reward = turned + takeoff + standing + lying + soft + effort
    parts = {"turned": turned, "takeoff": takeoff, "standing": standing, "lying": lying, "soft": soft}
    return reward, {**parts, "effort": effort}
