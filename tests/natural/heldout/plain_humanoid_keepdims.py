import numpy as np


def compute_reward(com_velocity, torso_height, joint_velocity, action):
    direction = com_velocity / (np.linalg.norm(com_velocity, axis=-1, keepdims=True) + 1e-6)
    straight = direction[..., 0]
    forward = 1.25 * com_velocity[..., 0]
    healthy = ((torso_height > 1.0) & (torso_height < 2.0)) * 5.0
    power = -1e-3 * np.sum(np.abs(joint_velocity * action), axis=-1)
    reward = forward + straight + healthy + power
    return reward, {"forward": forward, "straight": straight, "healthy": healthy, "power": power}
