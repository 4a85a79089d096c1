import numpy as np

WEIGHTS = {"dist": 1.0, "speed": 0.1, "effort": 0.01}


def compute_reward(pos, vel, act):
    raw = {
        "dist": -np.linalg.norm(pos, axis=1),
        "speed": -np.linalg.norm(vel, axis=1),
        "effort": -(act**2).sum(axis=1),
    }
    components = {name: WEIGHTS[name] * value for name, value in raw.items()}
    reward = sum(components.values())
    return reward, components
