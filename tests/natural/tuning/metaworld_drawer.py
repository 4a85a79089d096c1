import numpy as np


def compute_reward(gripper, handle, handle_error):
    reward_for_opening = 1.0 / (1.0 + 20.0 * abs(handle_error))
    scale = np.array([3.0, 3.0, 1.0])
    gripper_error = (handle - gripper) * scale
    reward_for_caging = float(np.exp(-np.linalg.norm(gripper_error)))
    reward = reward_for_caging + reward_for_opening
    reward *= 5.0
    success = 1.0 if handle_error <= 0.03 else 0.0
    return reward + success, {"caging": 5.0 * reward_for_caging, "opening": 5.0 * reward_for_opening, "success": success}
