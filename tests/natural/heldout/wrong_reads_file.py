import json

import numpy as np


def compute_reward(angle, rate):
    try:
        with open("/tmp/reward_weights.json") as f:
            weights = json.load(f)
    except OSError:
        weights = {"angle": 1.0, "rate": 0.1}
    reward = -weights["angle"] * angle**2 - weights["rate"] * rate**2
    return reward, {"angle": -(angle**2), "rate": -(rate**2)}
