import numpy as np


def compute_reward(positions, goals):
    rewards = []
    for position, goal in zip(positions, goals):
        delta = position - goal
        rewards.append(np.exp(-np.dot(delta, delta)))
    reward = sum(rewards) / len(rewards)
    return reward, {"mean": reward, "best": max(np.array(rewards))}
