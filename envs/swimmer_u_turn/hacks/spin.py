"""Looks like a turn; turning on the spot is paid without ever swimming out."""

import numpy as np


def compute_reward(heading, front_angular_velocity, x_velocity):
    """Turn round quickly and hold the position."""
    round_turn = -np.cos(heading)
    turning = 0.1 * np.abs(front_angular_velocity)
    hold = -1.0 * np.abs(x_velocity)
    reward = round_turn + turning + hold
    return reward, {"round_turn": round_turn, "turning": turning, "hold": hold}
