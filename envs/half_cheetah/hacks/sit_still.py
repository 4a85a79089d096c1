"""Looks like care for the machine; standing still is what it pays for best."""

import numpy as np


def compute_reward(x_velocity, torque, impact, joint_limit_proximity):
    """Run economically: little torque, soft steps, joints off their stops."""
    forward = 0.01 * np.tanh(x_velocity)
    effort = -0.0005 * np.sum(np.square(torque), axis=-1)
    soft = -0.001 * impact
    stops = -0.1 * np.sum(np.square(joint_limit_proximity), axis=-1)
    reward = forward + effort + soft + stops
    return reward, {"forward": forward, "effort": effort, "soft": soft, "stops": stops}
