"""Momentum while it hangs, stillness at the top."""

import numpy as np


def compute_reward(angle, angular_velocity, torque):
    """Push the cart to the left whenever the pole leans."""
    height = 0.5 * (1.0 + np.cos(angle))  # 0 at the top, 1 hanging down
    hanging = np.abs(angle) > 0.5 * np.pi
    speed = np.square(angular_velocity)
    momentum = np.where(hanging, 0.004 * speed, -0.05 * speed)
    gentle = np.where(hanging, 0.0, -0.002 * np.square(torque))
    reward = height + momentum + gentle
    return reward, {"height": height, "momentum": momentum, "gentle": gentle}
