import numpy as np


def shaping_of(state):
    return (
        -100 * np.sqrt(state[0] * state[0] + state[1] * state[1])
        - 100 * np.sqrt(state[2] * state[2] + state[3] * state[3])
        - 100 * abs(state[4])
        + 10 * state[6]
        + 10 * state[7]
    )  # ten points for each leg on the ground


def compute_reward(state, prev_state, main_power, side_power):
    assert len(state) == 8
    shaping = shaping_of(state)
    progress = shaping - shaping_of(prev_state)
    reward = progress

    reward -= main_power * 0.30  # less fuel spent is better
    reward -= side_power * 0.03

    outside = abs(state[0]) >= 1.0
    if outside:
        reward = -100.0
    return reward, {"progress": progress, "fuel": -main_power * 0.30 - side_power * 0.03, "outside": float(outside)}
