import numpy as np


def compute_reward(ang, vel, tip):
    cos_t, sin_t = np.cos(ang), np.sin(ang)
    upright = (cos_t + 1.0) / 2.0
    swing = np.abs(vel) * (cos_t < 0)
    tip_err = np.sqrt((tip**2).sum(-1) + 1e-8)
    parts = np.stack([upright, 0.1 * swing, -0.5 * tip_err], axis=1)
    weights = np.array([2.0, 1.0, 1.0])
    total = parts @ weights
    total = np.where(np.logical_and(cos_t > 0.9, np.abs(vel) < 1.0), total + 1.0, total)
    total -= 0.01 * np.maximum(np.abs(vel) - 4.0, 0.0) ** 2
    return total, {"upright": 2.0 * upright, "swing": 0.1 * swing, "tip": -0.5 * tip_err + 0.0 * sin_t}
