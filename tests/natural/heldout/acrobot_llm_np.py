import numpy as np


def compute_reward(cos_theta, sin_theta, omega):
    c1, c2 = cos_theta.T
    s1, s2 = sin_theta.T
    # height of the tip above the hinge
    height = -c1 - (c1 * c2 - s1 * s2)
    reward_height = height / 2.0
    target_reached = height > 1.0
    swing = np.tanh(np.abs(omega[:, 0] + 0.5 * omega[:, 1]) / 4.0)
    spin = np.maximum(0, np.abs(omega) - 6.0).sum(axis=1)

    reward = reward_height + 0.2 * (1 - target_reached) * swing - 0.05 * spin
    reward = reward + target_reached.astype(float) * 2.0
    return reward, {"height": reward_height, "swing": 0.2 * swing, "spin": -0.05 * spin}
