"""High jumps with a calm body."""

import numpy as np


def compute_reward(foot_height, pitch, pitch_velocity, z_velocity, x_position, impact, joint_limit_proximity):
    """Leap, stay upright, come down on the spot."""
    high = 4.0 * np.clip(foot_height, 0.0, 1.0)
    calm = -0.02 * np.abs(pitch_velocity) - 0.01 * np.abs(z_velocity)
    alive = np.ones_like(pitch)
    lean = -0.3 * np.square(pitch / 0.3)
    spot = -0.5 * np.minimum(np.square(x_position), 2.0)
    soft = -0.0005 * np.maximum(impact - 800.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = high + calm + alive + lean + spot + soft + stops
    parts = {"high": high, "calm": calm, "alive": alive, "lean": lean, "spot": spot}
    return reward, {**parts, "soft": soft, "stops": stops}
