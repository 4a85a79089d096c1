import numpy as np


def compute_reward(state, prev_state, m_power, s_power):
    def shaping_of(s):
        return -100 * np.sqrt(s[0] * s[0] + s[1] * s[1]) - 100 * np.sqrt(s[2] * s[2] + s[3] * s[3]) - 100 * abs(s[4])

    shaping = shaping_of(state)
    prev_shaping = shaping_of(prev_state)
    reward = shaping - prev_shaping
    reward -= m_power * 0.30  # less fuel spent is better
    reward -= s_power * 0.03
    return reward, {"shaping": shaping - prev_shaping, "fuel": -(m_power * 0.30 + s_power * 0.03)}
