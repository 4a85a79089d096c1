import numpy as np


def compute_reward(x, x_dot, theta, theta_dot):
    # 1. Upright bonus: 1 when the pole is vertical, decreasing smoothly with the angle
    upright = np.cos(theta) ** 4

    # 2. Centering
    centering = np.exp(-0.5 * (x / 1.2) ** 2)

    # 3. Smoothness
    smoothness = -0.01 * (x_dot**2 + theta_dot**2)

    # 4. Failure penalty
    failed = (np.abs(x) > 2.4) or (np.abs(theta) > 0.2095)
    penalty = -10.0 if failed else 0.0

    components = {
        "upright": float(upright),
        "centering": float(0.5 * centering),
        "smoothness": float(smoothness),
        "penalty": penalty,
    }
    total = float(np.sum(list(components.values())))
    return total, components
