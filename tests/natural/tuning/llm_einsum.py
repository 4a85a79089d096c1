import numpy as np


def compute_reward(a, b, rot):
    align = np.einsum("ij,ij->i", a, b)
    rotated = np.einsum("bij,bj->bi", rot, a)
    err = np.linalg.norm(rotated - b, axis=-1)
    cosine = align / (np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1) + 1e-6)
    return cosine - err, {"cosine": cosine, "err": -err}
