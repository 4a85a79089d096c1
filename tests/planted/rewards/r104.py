"""Height of the tip, slowness near the top, little torque."""

import numpy as np


def compute_reward(angle, angular_velocity, torque):
    """Bring the tip up and keep it there."""
    height = np.sin(angle)  # 1 at the top, -1 hanging down
    near_top = np.maximum(height, 0.0)
    slow = -0.05 * near_top * np.square(angular_velocity)
    gentle = -0.001 * np.square(torque)
    reward = height + slow + gentle
    return reward, {"height": height, "slow": slow, "gentle": gentle}
