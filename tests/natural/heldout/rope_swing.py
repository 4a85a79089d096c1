import numpy as np


def compute_reward(rope, anchor, tip_velocity, tension):
    segments = np.diff(rope, axis=1)
    lengths = np.linalg.norm(segments, axis=2)
    stretch = np.square(lengths - lengths.mean(axis=1, keepdims=True)).mean(axis=1)
    tip = rope[:, -1]
    below = np.clip(anchor[:, 2] - tip[:, 2], 0, 1)
    out = np.linalg.norm(tip[:, :2] - anchor[:, :2], axis=-1)
    kinetic = 0.5 * np.sum(tip_velocity**2, -1)
    slack = np.where(tension < 0, np.abs(tension), 0)
    reward = out + 0.1 * kinetic - 0.5 * stretch - slack - 0.2 * below
    return reward, {"out": out, "kinetic": 0.1 * kinetic, "stretch": -0.5 * stretch, "slack": -slack, "below": -0.2 * below}
