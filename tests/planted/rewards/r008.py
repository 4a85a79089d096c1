"""Run backwards, body off the ground."""

import numpy as np

TOUCHING = 0.03  # m between the ground and torso or head


def compute_reward(x_velocity, upright, body_clearance, impact, joint_limit_proximity, action):
    """Backward velocity; a body that touches the ground costs."""
    backward = np.clip(-x_velocity, -2.0, 6.0)
    level = 0.3 * np.clip(upright, -1.0, 0.9)
    # Dragging the body along costs three points a step.
    dragging = np.where(body_clearance < TOUCHING, -3.0, 0.0)
    stamping = -0.0005 * np.maximum(impact - 500.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    effort = -0.02 * np.sum(np.square(action), axis=-1)
    reward = backward + level + dragging + stamping + stops + effort
    parts = {"backward": backward, "level": level, "dragging": dragging, "stamping": stamping}
    return reward, {**parts, "stops": stops, "effort": effort}
