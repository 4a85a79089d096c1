import numpy as np

HEALTHY_Z_RANGE = (0.2, 1.0)
CONTACT_RANGE = (-1.0, 1.0)


def contact_cost(forces):
    min_value, max_value = CONTACT_RANGE
    clipped = np.clip(forces, min_value, max_value)
    return 5e-4 * np.sum(np.square(clipped))


def compute_reward(qpos, x_velocity, action, contact_forces):
    min_z, max_z = HEALTHY_Z_RANGE
    is_healthy = min_z <= qpos[2] <= max_z
    healthy_reward = is_healthy * 1.0
    forward_reward = 1.0 * x_velocity
    rewards = forward_reward + healthy_reward
    ctrl = 0.5 * np.sum(np.square(action))
    costs = ctrl + contact_cost(contact_forces)
    reward = rewards - costs
    reward_info = {
        "reward_forward": forward_reward,
        "reward_ctrl": -ctrl,
        "reward_contact": -contact_cost(contact_forces),
        "reward_survive": healthy_reward,
    }
    return reward, reward_info
