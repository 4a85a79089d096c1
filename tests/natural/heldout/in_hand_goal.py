import numpy as np


def quat_conjugate(q):
    inv_q = -q
    inv_q[..., 0] *= -1
    return inv_q


def quat_w(q0, q1):
    return q0[:, 0] * q1[:, 0] - q0[:, 1] * q1[:, 1] - q0[:, 2] * q1[:, 2] - q0[:, 3] * q1[:, 3]


def compute_reward(achieved_goal: np.ndarray, desired_goal: np.ndarray):
    delta_pos = achieved_goal[..., :3] - desired_goal[..., :3]
    d_pos = np.linalg.norm(delta_pos, axis=-1)

    quat_a, quat_b = achieved_goal[..., 3:], desired_goal[..., 3:]
    # subtract quaternions and keep the angle of the difference
    w = quat_w(quat_a, quat_conjugate(quat_b))
    angle_diff = 2 * np.arccos(np.clip(w, -0.99, 0.99))
    d_rot = angle_diff

    # The position is in metres, so it is weighed up against radians.
    return -(10.0 * d_pos + d_rot), {"d_pos": -10.0 * d_pos, "d_rot": -d_rot}
