import numpy as np


def hamacher_product(a, b):
    if not ((0.0 <= a <= 1.0) and (0.0 <= b <= 1.0)):
        raise ValueError("a and b must range between 0 and 1")
    denominator = a + b - (a * b)
    h_prod = ((a * b) / denominator) if denominator > 0 else 0
    return h_prod


def long_tail(x, margin):
    return 1.0 / (1.0 + 9.0 * (x / margin) ** 2)


def compute_reward(tcp, obj, obj_init, target, tcp_opened):
    _TARGET_RADIUS = 0.05
    obj_to_target = np.linalg.norm(obj - target)
    tcp_to_obj = np.linalg.norm(obj - tcp)
    in_place_margin = np.linalg.norm(obj_init - target) + 0.05

    in_place = 1.0 if obj_to_target <= _TARGET_RADIUS else long_tail(obj_to_target - _TARGET_RADIUS, in_place_margin)
    object_grasped = long_tail(tcp_to_obj, 0.1)
    in_place_and_object_grasped = hamacher_product(object_grasped, in_place)
    reward = in_place_and_object_grasped

    if tcp_to_obj < 0.12 and (tcp_opened > 0.1) and (obj[2] - 0.01 > obj_init[2]):
        reward += 1.0 + 5.0 * in_place
    if obj_to_target < _TARGET_RADIUS * 3:
        reward = 10.0
    return reward, {"grasped": object_grasped, "in_place": in_place}
