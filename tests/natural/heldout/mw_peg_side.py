import numpy as np
from numpy.linalg import norm


def _fall(x, near, far):
    """1 below `near`, 0 beyond `far`, straight between."""
    if x <= near:
        return 1.0
    if x >= far:
        return 0.0
    return (far - x) / (far - near)


def compute_reward(tcp, peg_head, hole, pads_y):
    scale = np.array([1.0, 2.0, 2.0])
    obj_to_target = norm((peg_head - hole) * scale)
    tcp_to_obj = norm(peg_head - tcp)

    left, right = pads_y
    pad_gap = abs(left - right)
    caged = _fall(pad_gap, 0.03, 0.15)
    in_place = _fall(obj_to_target, 0.07, 0.6)
    grasped = caged * _fall(tcp_to_obj, 0.02, 0.3)

    reward = grasped
    if grasped > 0.1:
        reward += 1.0 + 5 * in_place
    if obj_to_target <= 0.15:
        reward = 10.0
    return reward, {"grasped": grasped, "in_place": in_place, "gap": -pad_gap}
