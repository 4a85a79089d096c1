import numpy as np

WEIGHTS = {"distance": 0.5, "angle": 1.5, "control": 0.02}


def compute_reward(tcp_pos, handle_pos, qpos, target_angle, qvel):
    distance = np.linalg.norm(tcp_pos - handle_pos)
    distance_reward = -distance if distance > 0.05 else 0.0
    angle_diff = target_angle - qpos
    turn_reward = 1 - np.clip(angle_diff / target_angle, 0, 1)
    control_penalty = np.sum(np.square(qvel))
    reward = (
        WEIGHTS["distance"] * distance_reward
        + WEIGHTS["angle"] * turn_reward
        - WEIGHTS["control"] * control_penalty
    )
    if angle_diff < 0:
        reward += 2
    return reward, {"distance": distance_reward, "turn": turn_reward, "control": -control_penalty}
