import numpy as np
from typing import Dict, Tuple


def compute_reward(ee_coords: np.ndarray, handle_pos: np.ndarray, qpos_ratio: float, handle_vel) -> Tuple[float, Dict[str, float]]:
    dist = min([np.linalg.norm(ee_coords[0] - handle_pos), np.linalg.norm(ee_coords[1] - handle_pos)])
    near = dist < 0.4
    reward_near = -dist
    stage_reward = -5.0
    if near and qpos_ratio > 0.9:
        stage_reward += 2.0
        speed = np.linalg.norm(handle_vel)
        if speed < 0.5:
            stage_reward += 2.0
        else:
            stage_reward -= speed
    elif near:
        stage_reward += 1.0
    reward = reward_near + stage_reward + qpos_ratio
    return reward, {"near": reward_near, "stage": stage_reward, "ratio": qpos_ratio}
