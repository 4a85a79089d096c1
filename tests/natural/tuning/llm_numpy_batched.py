import numpy as np


def compute_reward(joint_pos, joint_vel, target_pos, ee_pos, action):
    # Distance-based shaping
    distance = np.linalg.norm(ee_pos - target_pos, axis=1)
    reward = -distance

    # Precision bonus
    reward += 5.0 * np.exp(-20.0 * distance**2)

    # Success bonus
    success = distance < 0.25
    reward += 10.0 * success.astype(np.float32)

    # Velocity penalty near the goal
    speed = np.abs(joint_vel).mean(axis=1)
    reward -= 0.05 * np.where(distance < 0.5, speed, 0)

    # Control cost
    reward -= 1e-2 * (action**2).sum(axis=1)
    components = {
        "distance": -distance,
        "success": 10.0 * success.astype(np.float32),
        "control": -1e-2 * (action**2).sum(axis=1),
    }
    return reward, components
