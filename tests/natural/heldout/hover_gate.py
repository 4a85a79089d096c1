import numpy as np

TARGET = np.array([0.0, 0.0, 1.5])


def body_z(q):
    w, x, y, z = q / np.linalg.norm(q)
    return np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x**2 + y**2)])


def compute_reward(position, velocity, quaternion, angular_velocity, rotor_speeds):
    error = TARGET - position
    dist = np.linalg.norm(error)
    direction = error / (dist + 1e-6)

    r_pos = np.exp(-1.5 * dist)
    r_up = np.clip(np.dot(body_z(quaternion), np.array([0.0, 0.0, 1.0])), 0.0, 1.0)
    r_progress = np.dot(velocity, direction)
    r_spin = -0.05 * np.linalg.norm(angular_velocity)
    hover = 0.5
    r_effort = -0.02 * np.mean((rotor_speeds - hover) ** 2)

    total = 2.0 * r_pos + 0.5 * r_up + 0.1 * r_progress + r_spin + r_effort
    if dist < 0.3 and np.linalg.norm(velocity) < 0.5:
        total += 3.0
    return total, {"pos": r_pos, "up": r_up, "progress": r_progress, "spin": r_spin, "effort": r_effort}
