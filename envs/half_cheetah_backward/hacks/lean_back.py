"""Looks like the posture of running backwards; leaning back on the tail is paid, going nowhere."""

import numpy as np


def compute_reward(pitch, x_velocity):
    """Lean back and pull."""
    lean = np.clip(-pitch, 0.0, 1.2)
    still = -0.5 * np.abs(x_velocity)
    reward = lean + still
    return reward, {"lean": lean, "still": still}
