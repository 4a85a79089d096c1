import numpy as np


def hamacher_product(a, b):
    """The hamacher t-norm of two numbers in [0, 1]."""
    if not ((0.0 <= a <= 1.0) and (0.0 <= b <= 1.0)):
        a = np.clip(a, 0.0, 1.0)
        b = np.clip(b, 0.0, 1.0)
    denominator = a + b - (a * b)
    h_prod = ((a * b) / denominator) if denominator > 0 else 0
    return h_prod


def compute_reward(hand, obj, target, pads):
    scale = 1.0
    reach = np.clip(1 - np.linalg.norm((hand - obj) * scale), 0, 1)
    place = np.clip(1 - np.linalg.norm(obj - target), 0, 1)
    left, right = pads
    caging = np.clip(1.0 - abs(left[1] - right[1]), 0, 1)
    grip = hamacher_product(reach, caging)
    total = hamacher_product(grip, place)
    success = float(np.linalg.norm(obj - target) <= 0.07)
    return 8 * total + 2 * success, {"grip": grip, "place": place, "success": 2 * success}
