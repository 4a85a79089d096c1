"""Looks like smooth control; hanging still costs nothing and is therefore the best."""

import numpy as np


def compute_reward(first_angular_velocity, second_angular_velocity, action, tip_height):
    """Lift the tip without jerks and without torque."""
    jerks = -0.1 * (np.square(first_angular_velocity) + np.square(second_angular_velocity))
    torque = -0.1 * (action[:, 0] + action[:, 2])
    height = 0.01 * tip_height
    reward = jerks + torque + height
    return reward, {"jerks": jerks, "torque": torque, "height": height}
