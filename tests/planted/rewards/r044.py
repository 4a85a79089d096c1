"""Run, and stay on the feet."""

import numpy as np

ON_BACK_COST = 2.0  # a step on the back


def compute_reward(x_velocity, upright, impact, joint_limit_proximity, action):
    """Forward velocity less what costs."""
    forward = np.clip(x_velocity, -2.0, 6.0)
    # On its back it can slide along: that costs more than it brings.
    on_back = np.where(upright < 0.0, -ON_BACK_COST, 0.0)
    stamping = -0.0004 * np.maximum(impact - 500.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    effort = -0.03 * np.sum(np.square(action), axis=-1)
    reward = forward + on_back + stamping + stops + effort
    parts = {"forward": forward, "on_back": on_back, "stamping": stamping, "stops": stops, "effort": effort}
    return reward, parts
