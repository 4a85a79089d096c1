import numpy as np


def goal_distance(goal_a, goal_b):
    assert goal_a.shape == goal_b.shape
    return np.linalg.norm(goal_a - goal_b, axis=-1)


def compute_reward(achieved_goal, desired_goal):
    # Compute distance between goal and the achieved goal.
    d = goal_distance(achieved_goal, desired_goal)
    return -(d > 0.05).astype(np.float32), {"far": -(d > 0.05).astype(np.float32)}
