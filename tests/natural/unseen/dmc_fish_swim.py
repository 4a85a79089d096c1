import numpy as np


def compute_reward(mouth_to_target, joint_velocities, upright):
    radii = 0.04 + 0.04
    distance = np.linalg.norm(mouth_to_target)
    excess = max(distance - radii, 0.0)
    in_target = np.exp(-0.5 * (excess / (2 * radii)) ** 2 * 4.6)
    is_upright = 0.5 * (upright + 1)
    slow = 1.0 / (1.0 + np.abs(joint_velocities).max())
    return float((7 * in_target + is_upright) / 8 * slow), {
        "in_target": float(in_target), "is_upright": float(is_upright), "slow": float(slow),
    }
