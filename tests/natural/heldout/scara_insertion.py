import numpy as np


def compute_reward(peg, hole, peg_mat, hole_mat, contact_force):
    """Dense reward for putting a peg into a hole."""
    v = peg_mat[:, 2] / np.linalg.norm(peg_mat[:, 2])
    hole_normal = hole_mat[:, 2] / np.linalg.norm(hole_mat[:, 2])
    cos = np.abs(np.dot(v, hole_normal))
    t = (peg - hole) @ v
    d = np.linalg.norm(np.cross(v, hole - peg))

    reward = 0.0
    reaching = 1 - np.tanh(10.0 * np.linalg.norm(peg - hole))
    reward += reaching
    # lateral and depth terms as soon as it is near
    reward += 1 - np.tanh(d)
    reward += 1 - np.tanh(np.abs(t))
    reward += cos

    force = np.sqrt((contact_force**2).sum())
    too_hard = force > 15.0
    reward -= 0.5 if too_hard else 0.0
    reward /= 4.0
    return reward, {"reaching": reaching / 4, "cos": cos / 4, "force": -0.125 if too_hard else 0.0}
