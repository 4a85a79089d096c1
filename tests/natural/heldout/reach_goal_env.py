import numpy as np

DISTANCE_THRESHOLD = 0.2
REWARD_TYPE = "sparse"


def goal_distance(goal_a, goal_b):
    assert goal_a.shape == goal_b.shape
    return np.linalg.norm(goal_a - goal_b, axis=-1)


def compute_reward(achieved_goal, desired_goal):
    # Compute distance between goal and the achieved goal.
    d = goal_distance(achieved_goal, desired_goal)
    if REWARD_TYPE == "sparse":
        reward = -(d > DISTANCE_THRESHOLD).astype(np.float32)
    else:
        reward = -d
    return reward, {"distance": -d, "success": (d < DISTANCE_THRESHOLD).astype(np.float32)}
