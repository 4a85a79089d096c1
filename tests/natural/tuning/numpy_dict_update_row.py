import numpy as np


def compute_reward(hand, door):
    info = {"reach": 0.0, "open": 0.0}
    info["reach"] = -np.sqrt(np.sum(hand**2))
    if door > 1.0:
        info["open"] = 2.0
    elif door > 0.2:
        info["open"] += door
    total = info["reach"] + info["open"]
    return total, info
