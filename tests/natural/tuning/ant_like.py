import numpy as np


def compute_reward(obs, action, contact_forces, x_velocity):
    forces = np.clip(contact_forces, -1.0, 1.0)
    contact_cost = 5e-4 * np.sum(np.square(forces))
    ctrl_cost = 0.5 * np.sum(np.square(action))
    z = obs[0]
    is_healthy = np.isfinite(obs).all() and 0.2 <= z <= 1.0
    healthy_reward = is_healthy * 1.0
    rewards = x_velocity + healthy_reward
    costs = ctrl_cost + contact_cost
    reward = rewards - costs
    return reward, {"forward": x_velocity, "survive": healthy_reward, "ctrl": -ctrl_cost, "contact": -contact_cost}
