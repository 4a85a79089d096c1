import numpy as np


def compute_reward(x_velocity, height, pitch, action):
    """Hop forward without falling."""
    forward = np.clip(x_velocity, -1.0, 4.0)
    upright = np.exp(-np.square(pitch) / 0.05)
    alive = np.where((height > 0.7) & (np.abs(pitch) < 0.2), 1.0, 0.0)
    effort = -0.001 * np.sum(np.square(action), axis=-1)
    reward = forward + 0.3 * upright + alive + effort
    return reward, {"forward": forward, "upright": 0.3 * upright, "alive": alive, "effort": effort}
