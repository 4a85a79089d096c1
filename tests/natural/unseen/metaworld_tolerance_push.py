import numpy as np


def tolerance(x, bounds=(0.0, 0.0), margin=0.0):
    lower, upper = bounds
    in_bounds = lower <= x <= upper
    if margin == 0:
        return 1.0 if in_bounds else 0.0
    d = (lower - x if x < lower else x - upper) / margin
    return 1.0 if in_bounds else 1.0 / ((d * 3.0) ** 2 + 1)


def hamacher_product(a, b):
    denominator = a + b - a * b
    return a * b / denominator if denominator > 0 else 0.0


def compute_reward(tcp, obj, target, tcp_opened, obj_init):
    tcp_to_obj = np.linalg.norm(obj - tcp)
    target_to_obj = np.linalg.norm(obj - target)
    target_to_obj_init = np.linalg.norm(obj_init - target)

    in_place = tolerance(target_to_obj, bounds=(0, 0.05), margin=target_to_obj_init + 0.1)
    object_grasped = tolerance(tcp_to_obj, bounds=(0, 0.02), margin=0.2)
    reward = 2 * hamacher_product(object_grasped, in_place)

    if tcp_to_obj < 0.02 and tcp_opened > 0:
        reward += 1.0 + reward + 5.0 * in_place
    if target_to_obj < 0.05:
        reward = 10.0
    return reward, {"in_place": in_place, "grasped": object_grasped}
