import numpy as np

HOLE_DEPTH: float = 0.08
MAX_WRENCH = np.array([20.0, 20.0, 25.0, 2.0, 2.0, 1.0])


def compute_reward(peg_depth, lateral, force, torque, prev_peg_depth):
    ratio = min(peg_depth / HOLE_DEPTH, 1.0)
    gained = peg_depth - prev_peg_depth
    off = np.hypot(lateral[0], lateral[1])
    wrench = np.concatenate([force, torque])
    over = np.abs(wrench) / MAX_WRENCH
    worst = over.max()
    safe = not np.any(over > 1.0)

    reward = 3.0 * ratio + 20.0 * gained
    reward -= 10.0 * off
    reward -= 0.2 * worst if not safe else 0.0
    if ratio >= 1.0 and safe:
        reward += 5.0
    info = {}
    info["depth"] = 3.0 * ratio
    info["gain"] = 20.0 * gained
    info["lateral"] = -10.0 * off
    return reward, info
