import numpy as np


def safe_normalize(v, eps=1e-3):
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), eps)


def compute_reward(pos, prev_pos, gate, gate_normal, body_rate, thrust):
    d_prev = np.linalg.norm(gate - prev_pos, axis=-1)
    d_now = np.linalg.norm(gate - pos, axis=-1)
    progress = d_prev - d_now

    n = safe_normalize(gate_normal)
    view = safe_normalize(gate - pos)
    perception = np.einsum("ij,ij->i", n, view)
    perception = np.where(perception > 0, perception**2, -0.1)

    r = 10 * progress.clip(-1, 1)
    r += 0.02 * perception
    r -= 0.01 * np.linalg.norm(body_rate, axis=-1) ** 2 / 3
    r -= np.where(pos[..., 2] < -4.0, 5.0, 0.0)
    r = r - 0.1 * np.abs(thrust - 0.3)
    return r, {"progress": 10 * progress.clip(-1, 1), "perception": 0.02 * perception}
