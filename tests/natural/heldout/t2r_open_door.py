import numpy as np


def compute_reward(ee_pos, handle_pos, door_angle, door_vel, qpos):
    """Staged reward over the whole batch of scenes."""
    stage = np.zeros(ee_pos.shape[:-1])
    dist = np.sqrt(np.sum((ee_pos - handle_pos) ** 2, axis=-1))
    reaching_reward = 1.0 - np.tanh(5.0 * dist)

    open_ratio = np.clip(door_angle / 1.2, 0.0, 1.0)
    is_open = open_ratio >= 0.9
    stage[dist < 0.8] = 1.0
    stage[is_open] = 2.0

    static_reward = 1 - np.tanh(np.abs(door_vel) * 5)
    posture = -0.01 * np.linalg.norm(qpos, axis=-1)
    reward = stage + reaching_reward + open_ratio * (stage >= 1)
    reward[is_open] += static_reward[is_open]
    reward += posture
    return reward, {"reaching": reaching_reward, "open": open_ratio, "static": static_reward, "posture": posture}
