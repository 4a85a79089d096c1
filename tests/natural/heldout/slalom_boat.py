import numpy as np

GATES = np.array([[2.0, 1.0], [4.0, -1.0], [6.0, 1.0], [8.0, -1.0]])


def compute_reward(pos, yaw, speed, rudder):
    reward = np.zeros_like(speed)

    # closest gate, every boat for itself
    diff = GATES[None, :, :] - pos[:, None, :]
    gate_dist = np.linalg.norm(diff, axis=2).min(axis=1)
    near = gate_dist < 2.5
    reward[near] = 1.0 - gate_dist[near] / 2.5

    out = np.any(np.abs(pos) > 10.0, axis=1)
    reward[out] = -5.0

    heading = np.cos(yaw) * speed * 0.1
    reward += heading
    reward -= 0.05 * rudder**2
    return reward, {"gate": np.exp(-gate_dist), "out": -5.0 * out, "heading": heading}
