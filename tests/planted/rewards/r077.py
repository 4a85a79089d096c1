"""Near the target, with little torque."""

import numpy as np

TEMPERATURE = 0.1  # m


def compute_reward(distance, action, joint_limit_proximity):
    """Bring the fingertip to the target and hold it."""
    near = np.exp(-distance / TEMPERATURE)
    effort = -0.02 * np.sum(np.square(action), axis=-1)
    stop = -0.1 * np.maximum(joint_limit_proximity[:, 0] - 0.9, 0.0)
    reward = near + effort + stop
    return reward, {"near": near, "effort": effort, "stop": stop}
