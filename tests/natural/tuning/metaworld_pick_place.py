import numpy as np


def compute_reward(tcp, obj, target, obj_init_pos, gripper_opened):
    _TARGET_RADIUS = 0.05
    obj_to_target = np.linalg.norm(obj - target)
    tcp_to_obj = np.linalg.norm(obj - tcp)
    in_place = 1.0 / (1.0 + 5.0 * obj_to_target)
    object_grasped = max(0.0, 1.0 - tcp_to_obj)
    in_place_and_object_grasped = object_grasped * in_place
    reward = in_place_and_object_grasped
    if tcp_to_obj < 0.2 and (gripper_opened > 0.3) and (obj[2] - 0.01 > obj_init_pos[2]):
        reward += 1.0 + 5.0 * in_place
    if obj_to_target < _TARGET_RADIUS:
        reward = 10.0
    return reward, {"grasp": object_grasped, "in_place": in_place}
