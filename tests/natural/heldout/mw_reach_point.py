import numpy as np


def _long_tail(x, value_at_1):
    scale = np.sqrt(1 / value_at_1 - 1)
    return 1 / ((x * scale) ** 2 + 1)


def tolerance(x, bounds=(0.0, 0.0), margin=0.0, value_at_margin=0.1):
    """One inside the bounds, falling off with a long tail outside them."""
    lower, upper = bounds
    in_bounds = np.logical_and(lower <= x, x <= upper)
    d = np.where(x < lower, lower - x, x - upper) / margin
    return np.where(in_bounds, 1.0, _long_tail(d, value_at_margin))


def compute_reward(tcp, target, hand_init):
    _TARGET_RADIUS = 0.05
    tcp_to_target = float(np.linalg.norm(tcp - target))
    in_place_margin = np.linalg.norm(hand_init - target)
    in_place = tolerance(tcp_to_target, bounds=(0, _TARGET_RADIUS), margin=in_place_margin)
    reward = 10 * in_place
    success = float(tcp_to_target <= _TARGET_RADIUS)
    return reward, {"in_place": in_place, "success": success}
