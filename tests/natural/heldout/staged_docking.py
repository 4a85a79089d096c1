import numpy as np


def compute_reward(rel_pos, rel_vel, fuel_used, docked):
    dist = np.sqrt((rel_pos**2).sum(-1))
    closing = -(rel_pos * rel_vel).sum(-1) / np.maximum(dist, 1e-3)
    bonus = np.zeros(dist.shape)
    bonus[dist < 3.0] = 0.25
    bonus[dist < 2.0] = 0.5
    bonus[(dist < 1.0) & (np.abs(closing) < 0.2)] += 1.0
    safe = np.where(dist < 1.0, np.abs(closing) < 0.3, True)
    terms = {
        "distance": -0.1 * dist,
        "closing": 0.5 * closing * safe,
        "bonus": bonus,
        "fuel": -fuel_used,
        f"docked_{10}": 10.0 * (docked > 0.5),
    }
    return sum(terms.values()), terms
