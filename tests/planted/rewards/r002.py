"""Forward velocity in a good posture."""

import numpy as np


def compute_reward(x_velocity, pitch, joint_angles, impact, joint_limit_proximity, action):
    """Walk without losing the posture."""
    off = np.square(pitch / 0.6) + 0.01 * np.sum(np.square(joint_angles), axis=-1)
    posture = np.exp(-off)
    forward = 2.0 * np.clip(x_velocity, -1.0, 3.0) * posture
    alive = 0.3 + 0.5 * posture
    soft = -0.0004 * np.maximum(impact - 800.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    effort = -0.003 * np.sum(np.square(action), axis=-1)
    reward = forward + alive + soft + stops + effort
    parts = {"forward": forward, "alive": alive, "soft": soft, "stops": stops, "effort": effort}
    return reward, parts
