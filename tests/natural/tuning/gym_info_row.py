import numpy as np

DT = 0.05


def compute_reward(xy_before, xy_after, action, qpos):
    xy_velocity = (xy_after - xy_before) / DT
    x_velocity, y_velocity = xy_velocity
    healthy = bool(np.isfinite(qpos).all() and (0.2 <= qpos[2] <= 1.0))
    terms = {}
    terms["x"] = x_velocity
    terms["survive"] = 1.0 * healthy
    terms["ctrl"] = -0.5 * np.sum(np.square(action))
    reward = 0.0
    for key in ("x", "survive", "ctrl"):
        reward += terms[key]
    return reward, terms
