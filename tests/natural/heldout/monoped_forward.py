"""A one-legged hopper, in the manner of a Gymnasium MuJoCo environment."""

import numpy as np

FORWARD_WEIGHT = 1.0
CTRL_WEIGHT = 1e-3
HEALTHY_REWARD = 1.0
STATE_RANGE = (-100.0, 100.0)
Z_RANGE = (0.7, float("inf"))
ANGLE_RANGE = (-0.2, 0.2)


def control_cost(action):
    return CTRL_WEIGHT * np.sum(np.square(action))


def is_healthy(z, angle, state):
    min_state, max_state = STATE_RANGE
    min_z, max_z = Z_RANGE
    min_angle, max_angle = ANGLE_RANGE

    healthy_state = np.all(np.logical_and(min_state < state, state < max_state))
    healthy_z = min_z < z < max_z
    healthy_angle = min_angle < angle < max_angle
    return all((healthy_state, healthy_z, healthy_angle))


def compute_reward(x_velocity, torso_height, torso_angle, state_vector, action):
    forward_reward = FORWARD_WEIGHT * x_velocity
    healthy = is_healthy(torso_height, torso_angle, state_vector)
    healthy_reward = HEALTHY_REWARD if healthy else 0.0

    rewards = forward_reward + healthy_reward
    costs = ctrl_cost = control_cost(action)
    reward = rewards - costs
    info = {
        "reward_forward": forward_reward,
        "reward_ctrl": -ctrl_cost,
        "reward_survive": healthy_reward,
    }
    return reward, info
