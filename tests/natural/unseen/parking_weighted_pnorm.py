import numpy as np

REWARD_WEIGHTS = [1, 0.3, 0, 0, 0.02, 0.02]


def compute_reward(achieved_goal, desired_goal, crashed, p=0.5):
    distance = np.dot(np.abs(achieved_goal - desired_goal), np.array(REWARD_WEIGHTS))
    goal = -np.power(distance, p)
    collision = -5.0 * crashed
    return goal + collision, {"goal": goal, "collision": collision}
