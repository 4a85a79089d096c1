import numpy as np
from typing import Any


def compute_reward(tcp: np.ndarray, obj: np.ndarray, goal: np.ndarray, tcp_open: float, obj_init: np.ndarray):
    tcp_to_obj: float = np.linalg.norm(obj - tcp)
    target_to_obj: float = np.linalg.norm(obj - goal)
    target_to_obj_init: float = np.linalg.norm(obj_init - goal)
    in_place = np.clip(1.0 - target_to_obj / (target_to_obj_init + 0.1), 0.0, 1.0)
    object_grasped = 1.0 if tcp_to_obj < 0.3 else 0.0
    reward = 2 * object_grasped
    if tcp_to_obj < 0.2 and tcp_open > 0:
        reward += 1.0 + reward + 5.0 * in_place
    if target_to_obj < 0.05:
        reward = 10.0
    return reward, {"grasp": 2 * object_grasped, "place": in_place}
