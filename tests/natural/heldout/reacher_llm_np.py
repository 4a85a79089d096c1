import numpy as np


def compute_reward(fingertip, target, joint_velocity, action):
    delta = fingertip - target
    distance = np.linalg.norm(delta, axis=-1)

    def kernel(d, width):
        return np.exp(-np.square(d / width))

    coarse = -distance
    fine = kernel(distance, 0.1)
    slow = np.where(distance < 0.25, -0.02 * np.linalg.norm(joint_velocity, axis=-1), 0.0)
    effort = -0.01 * (action * action).sum(axis=-1)

    parts = {"coarse": coarse, "fine": fine, "slow": slow, "effort": effort}
    reward = np.sum(list(parts.values()), axis=0)
    return reward, parts
