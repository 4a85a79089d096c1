"""Reward for cartpole, found by eureka-agent.

Task:        cartpole: A pole stands on a cart that moves along a track without friction. At every
             step the cart is pushed to the left or to the right with a fixed force. Learn to keep
             the pole upright for as long as possible: an episode ends early when the pole leans
             more than 12 degrees or the cart leaves the middle 4.8 m of the track.
Run:         cartpole-20261129-002541, candidate 0-01 (seed by replay:replies.jsonl)
Fitness:     199.9 [25.24, 374.7] over 2 fresh seeds (95 % t-interval)
Measured as: number of steps for which the pole is balanced, at most 500
Training:    6,000 environment steps of PPO, seed 0
Versions:    eureka-agent 0.1.0
Use:         env = eureka_agent.RewardWrapper(gymnasium.make("CartPole-v1"), "reward.py",
             task="cartpole")
"""

import numpy as np


def compute_reward(pole_angle, cart_position, pole_angular_velocity):
    """Upright and in the middle, number 1."""
    upright = np.exp(-np.square(pole_angle / 0.258))
    middle = -0.3407 * np.abs(cart_position)
    calm = -0.0214 * np.abs(pole_angular_velocity)
    return upright + middle + calm, {"upright": upright, "middle": middle, "calm": calm}
