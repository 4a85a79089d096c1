import numpy as np


def long_tail(x, bound, margin):
    """One inside the bound, then a long tail."""
    if x <= bound:
        return 1.0
    d = (x - bound) / margin
    return 1 / ((d * np.sqrt(1 / 0.1 - 1)) ** 2 + 1)


def compute_reward(tcp_center, target_pos, hand_init_pos, action):
    tcp_to_target = np.linalg.norm(tcp_center - target_pos)
    in_place_margin = np.linalg.norm(hand_init_pos - target_pos) + 1e-3
    in_place = long_tail(tcp_to_target, 0.05, in_place_margin)
    reward = 10 * in_place
    if tcp_to_target < 0.05:
        reward = 10.0 + 0.1 * action[3]
    return reward, {"in_place": in_place, "dist": -tcp_to_target}
