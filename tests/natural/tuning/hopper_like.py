import numpy as np


def compute_reward(obs, action, x_velocity):
    """Forward reward minus control cost, as in the MuJoCo locomotion tasks."""
    forward_reward = 1.25 * x_velocity
    healthy_reward = 1.0 if -0.7 < obs[0] < 0.7 and abs(obs[1]) < 0.2 else 0.0
    ctrl_cost = 1e-3 * np.sum(np.square(action))
    reward = forward_reward + healthy_reward - ctrl_cost
    info = {
        "reward_forward": forward_reward,
        "reward_ctrl": -ctrl_cost,
        "reward_survive": healthy_reward,
    }
    return reward, info
