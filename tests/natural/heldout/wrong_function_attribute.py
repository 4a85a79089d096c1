import numpy as np


def compute_reward(tcp, cube):
    d = np.linalg.norm(tcp - cube)
    best = getattr(compute_reward, "best", d)
    improvement = max(best - d, 0.0)
    compute_reward.best = min(best, d)
    return improvement - 0.1 * d, {"improvement": improvement, "distance": -0.1 * d}
