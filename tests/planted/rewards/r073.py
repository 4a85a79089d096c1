"""Points for every radian turned backwards."""

import numpy as np


def compute_reward(pitch, prev_pitch, upright, z_velocity, body_clearance, back_foot_height, impact, action):
    """Keep the nose level while running; turning costs."""
    turned = prev_pitch - pitch
    air = np.clip(back_foot_height, 0.0, 0.5)
    flip = turned * (10.0 + 20.0 * air)
    jump = 0.3 * np.clip(z_velocity, 0.0, 3.0) * np.maximum(upright, 0.0)
    lying = np.where((upright < 0.2) & (body_clearance < 0.02), -2.0, 0.0)
    soft = -0.001 * np.maximum(impact - 500.0, 0.0)
    effort = -0.02 * np.sum(np.square(action), axis=-1)
    reward = flip + jump + lying + soft + effort
    return reward, {"flip": flip, "jump": jump, "lying": lying, "soft": soft, "effort": effort}
