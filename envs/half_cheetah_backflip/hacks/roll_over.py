"""Looks like turning; rolling over the back on the ground pays as well as a flip."""

import numpy as np


def compute_reward(pitch, prev_pitch, body_clearance):
    """Turn backwards, staying close to the ground for safety."""
    turn = 10.0 * (prev_pitch - pitch)
    low = -2.0 * np.maximum(body_clearance, 0.0)
    reward = turn + low
    return reward, {"turn": turn, "low": low}
