"""Rotation about the vertical, on the spot."""

import numpy as np

FASTEST = 3.0  # rad/s


def compute_reward(
    angular_velocity, upright, x_position, y_position, z_velocity, impact, joint_limit_proximity, action
):
    """Turn anticlockwise, upright and near the start."""
    yaw_rate = angular_velocity[:, 0]
    spin = np.clip(yaw_rate, -FASTEST, FASTEST)
    up = 0.5 * upright
    away = np.maximum(-0.5 * (np.square(x_position) + np.square(y_position)), -2.0)
    hop = -0.1 * np.abs(z_velocity)
    soft = -0.002 * np.maximum(impact - 60.0, 0.0)
    stops = -0.05 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    effort = -0.02 * np.sum(np.square(action), axis=-1)
    reward = spin + up + away + hop + soft + stops + effort
    parts = {"spin": spin, "up": up, "away": away, "hop": hop, "soft": soft, "stops": stops}
    return reward, {**parts, "effort": effort}
