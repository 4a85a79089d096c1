import numpy as np


def compute_reward(dist, speed, fallen):
    if fallen > 0.8:
        return -10.0, {"distance": 0.0, "speed": 0.0}
    distance_reward = -dist
    speed_reward = 0.0
    if dist < 0.5:
        speed_reward = -speed
    return distance_reward + speed_reward, {"distance": distance_reward, "speed": speed_reward}
