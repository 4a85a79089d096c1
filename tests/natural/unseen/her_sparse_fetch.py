import numpy as np

DISTANCE_THRESHOLD = 0.1


def goal_distance(goal_a, goal_b):
    assert goal_a.shape == goal_b.shape
    return np.linalg.norm(goal_a - goal_b, axis=-1)


def compute_reward(achieved_goal, desired_goal):
    d = goal_distance(achieved_goal, desired_goal)
    sparse = -(d > DISTANCE_THRESHOLD).astype(np.float32)
    return sparse - 0.1 * d, {"sparse": sparse, "dense": -0.1 * d}
