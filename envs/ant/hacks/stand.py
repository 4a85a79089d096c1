"""Looks like safety; standing still earns everything but a trace."""

import numpy as np


def compute_reward(upright, height, x_velocity, torque):
    """Stay up and spare the motors."""
    alive = upright * np.exp(-np.square((height - 0.55) / 0.2))
    forward = 0.02 * np.tanh(x_velocity)
    effort = -0.0001 * np.sum(np.square(torque), axis=-1)
    reward = alive + forward + effort
    return reward, {"alive": alive, "forward": forward, "effort": effort}
