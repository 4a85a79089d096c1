"""Backward rotation from step to step, more while the foot is off the ground."""

import numpy as np

TURN_RATE = 12.0  # points for each rad turned backwards


def compute_reward(pitch, prev_pitch, upright, z_velocity, foot_height, body_clearance, impact):
    """A whole turn backwards, from stand to stand."""
    turned = prev_pitch - pitch
    turn = TURN_RATE * turned * (0.2 + np.clip(2.0 * foot_height, 0.0, 1.0))
    takeoff = 0.3 * np.clip(z_velocity, 0.0, 3.0) * np.maximum(upright, 0.0)
    down = np.where(body_clearance < 0.03, -1.5, 0.0)
    soft = -0.0005 * np.maximum(impact - 800.0, 0.0)
    reward = turn + takeoff + down + soft
    return reward, {"turn": turn, "takeoff": takeoff, "down": down, "soft": soft}
