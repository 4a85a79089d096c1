import numpy as np


def compute_reward(nose_xmat, nose_pos, target_pos, joint_vels):
    # the target as seen from the nose, in the plane only
    nose_to_target = (target_pos - nose_pos) @ nose_xmat
    distance = np.linalg.norm(nose_to_target[:2])
    ahead = nose_to_target[1] / (distance + 1e-3)
    near = 1.0 / (1.0 + 9.0 * (max(distance - 0.1, 0) / 0.5) ** 2)
    wiggle = np.abs(joint_vels).mean()
    upright = nose_xmat[2, 2]
    r = near
    r += 0.1 * np.clip(ahead, -1, 1)
    r -= 0.01 * wiggle
    return r, {"near": near, "ahead": 0.1 * np.clip(ahead, -1, 1), "upright": upright}
