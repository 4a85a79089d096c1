"""Reward for cartpole, found by eureka-agent.

Task:        cartpole: A pole stands on a cart that moves along a track without friction. At every
             step the cart is pushed to the left or to the right with a fixed force. Learn to keep
             the pole upright for as long as possible: an episode ends early when the pole leans
             more than 12 degrees or the cart leaves the middle 4.8 m of the track.
Run:         cartpole-20261129-002520, candidate 0-01 (seed by search)
Fitness:     428.5 [99.41, 757.6] over 2 fresh seeds (95 % t-interval)
Measured as: number of steps for which the pole is balanced, at most 500
Training:    6,000 environment steps of PPO, seed 0
Versions:    eureka-agent 0.1.0
Use:         env = eureka_agent.RewardWrapper(gymnasium.make("CartPole-v1"), "reward.py",
             task="cartpole")
"""

import numpy as np


def compute_reward(cart_position, pole_angle, action):
    """Reward cart_position near 0.0 m; reward a low pole_angle; penalise the effort of acting."""
    # Reward cart_position near 0.0 m; one unit is 2.61 m.
    cart_position_near_x = np.clip(cart_position, -26.1, 26.1) / 2.61
    cart_position_near = 1.7 * np.exp(-np.square(cart_position_near_x) / 1.81)
    # Reward a low pole_angle; one unit is 0.0896 rad.
    pole_angle_low_x = np.clip(pole_angle, -0.896, 0.896) / 0.0896
    pole_angle_low = -0.597 * pole_angle_low_x
    # Penalise the effort of acting; one unit is 1.0.
    effort = -0.0189 * np.sum(np.square(np.clip(action, -10.0, 10.0)), axis=-1)
    reward = cart_position_near + pole_angle_low + effort
    return reward, {"cart_position_near": cart_position_near, "pole_angle_low": pole_angle_low, "effort": effort}
