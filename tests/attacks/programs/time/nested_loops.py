"""Loop for days with loops that every reward may use."""

import numpy as np


def compute_reward(pole_angle):
    total = np.zeros_like(pole_angle)
    for a in range(200):
        for b in range(200):
            for c in range(200):
                for d in range(200):
                    total = total + 1.0
    return total, {"total": total}
