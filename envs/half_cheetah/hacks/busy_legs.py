"""Looks like a running style; legs that swing on the spot, or in the air on its back, earn everything."""

import numpy as np


def compute_reward(joint_velocities, back_foot_height, front_foot_height):
    """Swing the legs fast and lift the feet."""
    swing = 0.05 * np.sum(np.abs(joint_velocities), axis=-1)
    lift = np.clip(back_foot_height, 0.0, 0.3) + np.clip(front_foot_height, 0.0, 0.3)
    reward = swing + lift
    return reward, {"swing": swing, "lift": lift}
