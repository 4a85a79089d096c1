import numpy as np


def compute_reward(distance, speed, battery):
    conditions = [distance < 0.2, distance < 1.0, distance >= 1.0]
    choices = [np.full_like(distance, 10.0), 5.0 - 4.0 * distance, -distance]
    approach = np.select(conditions, choices)
    eco = np.where((battery < 0.2) & (speed > 1.0), -2.0, 0.0)
    rush = np.minimum(speed, distance) * 0.5
    total = approach + eco + rush
    return total.astype(np.float32), {"approach": approach, "eco": eco, "rush": rush}
