"""Written by a language model. Forward velocity on the feet: none is paid on the back or the head."""

import numpy as np


def compute_reward(x_velocity, upright, body_clearance, action):
    """Run forward, torso level and off the ground, with little effort."""
    on_feet = np.clip(upright, 0.0, 1.0)
    forward = on_feet * x_velocity
    level = 0.5 * (upright - 1.0)
    lying = np.where(body_clearance < 0.05, -0.5, 0.0)
    effort = -0.05 * np.sum(np.square(action), axis=-1)
    reward = forward + level + lying + effort
    return reward, {"forward": forward, "level": level, "lying": lying, "effort": effort}
