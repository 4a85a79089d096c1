"""Rewards used by several tests."""

FORWARD = '''import numpy as np


def compute_reward(x_velocity, height, action):
    """Run forward, stay up, spend little."""
    forward = x_velocity  # m/s
    upright = np.exp(-np.square(height - 1.25) / 0.1)
    effort = -0.001 * np.sum(np.square(action), axis=-1)
    reward = forward + 0.5 * upright + effort
    return reward, {"forward": forward, "upright": upright, "effort": effort}
'''

MEMORY = '''import numpy as np
import math

TARGET = np.array([1.0, 0.0])
WEIGHTS = {"near": 2.0, "still": 0.1}
MEMORY = {"best": 1e6, "seen": [0.0, 0.0]}


def tolerance(x, margin=0.5):
    return np.exp(math.log(0.1) * np.square(x / margin))


def split(values):
    return values[:, 0], values[:, 1]


def compute_reward(position: np.ndarray, action: np.ndarray, memory) -> tuple:
    """Pay for coming nearer than ever before in this episode."""
    distance = np.linalg.norm(position - TARGET, axis=-1)
    best = np.minimum(memory["best"], distance)
    components = {}
    components["nearer"] = np.where(memory["best"] > 1e5, 0.0, memory["best"] - best)
    left, right = split(action)
    components["still"] = tolerance(left) * tolerance(right, margin=1.0)
    reward = np.zeros_like(distance)
    for name, value in components.items():
        reward = reward + value
    if WEIGHTS["near"] > 1.0:
        reward = reward * WEIGHTS["near"]
    return reward, components, {"best": best, "seen": memory["seen"] + position}
'''
