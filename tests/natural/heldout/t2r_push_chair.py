import numpy as np


def compute_reward(left_tcp, right_tcp, chair_points, chair_velocity, chair_tilt, target_xy):
    ee_coords = np.stack([left_tcp, right_tcp])
    # (2, 6): every gripper to every point of the chair
    dist = np.linalg.norm(ee_coords[:, None, :] - chair_points[None, :, :], axis=-1)
    dist = dist.min(axis=1)
    dist_ee_to_chair = dist.mean()
    log_dist = np.log(dist_ee_to_chair + 1e-5)
    reaching = -dist_ee_to_chair - np.clip(log_dist, -10, 0)

    center = chair_points.mean(axis=0)
    disp = target_xy - center[:2]
    dist_to_target = np.linalg.norm(disp)
    move = -dist_to_target * 2.0

    # cosine between the velocity of the chair and the way to the target
    cos_dir = np.dot(disp, chair_velocity[:2]) / (dist_to_target * np.linalg.norm(chair_velocity[:2]) + 1e-6)
    move += cos_dir * 0.5

    tilt_penalty = -max(chair_tilt - 0.2 * np.pi, 0) * 0.5
    total = reaching + move + tilt_penalty
    if dist_to_target < 0.3:
        total += 2.0
    return total, {"reaching": reaching, "move": move, "tilt": tilt_penalty}
