import numpy as np


def compute_reward(pos, vel, angle, legs, main_power, side_power):
    reward = 0
    shaping = (
        -100 * np.sqrt(pos[0] * pos[0] + pos[1] * pos[1])
        - 100 * np.sqrt(vel[0] ** 2 + vel[1] ** 2)
        - 100 * abs(angle)
        + 10 * legs[0]
        + 10 * legs[1]
    )
    reward += shaping
    reward -= main_power * 0.30
    reward -= side_power * 0.03
    return reward, {"shaping": shaping, "fuel": -(main_power * 0.30 + side_power * 0.03)}
