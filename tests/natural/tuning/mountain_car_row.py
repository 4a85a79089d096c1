import math


def compute_reward(position, velocity, action):
    # the goal is on top of the right hill
    done = bool(position >= 0.45 and velocity >= 0)
    reward = 0
    if done:
        reward = 100.0
    effort = math.pow(action[0], 2) * 0.1
    reward -= effort
    return reward, {"goal": 100.0 * done, "effort": -effort}
