import numpy as np


def compute_reward(a, b):
    na, nb = np.linalg.norm(a), np.linalg.norm(b)
    cos = np.dot(a, b) / (na * nb + 1e-8)
    angle = np.arccos(np.clip(cos, -0.99, 0.99))
    aligned = angle < np.pi / 4
    r = cos * (1.5 if aligned else 1.0)
    r = r - (0.1 if na > 1 else 0) - (0.2 if nb > 1 else 0)
    return r, {"cos": cos, "aligned": 0.5 * aligned}
