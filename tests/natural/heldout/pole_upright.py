import math

import numpy as np


def compute_reward(state: np.ndarray) -> tuple[float, dict[str, float]]:
    x, x_dot, theta, theta_dot = state
    x_threshold = 2.4
    theta_threshold_radians = 12 * 2 * math.pi / 360

    terminated = bool(
        x < -x_threshold
        or x > x_threshold
        or theta < -theta_threshold_radians
        or theta > theta_threshold_radians
    )
    if not terminated:
        reward = 1.0
    elif abs(theta_dot) > 2.0:
        reward = -1.0
    else:
        reward = 0.0
    return reward, {"alive": 0.0 if terminated else 1.0, "centre": -abs(x) / x_threshold}
