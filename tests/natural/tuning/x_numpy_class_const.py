import numpy as np
from math import cos, pi, sqrt

LINK = 1.0
MAX_VEL = 4 * pi


def compute_reward(cos_theta1, cos_theta2, sin2, vel):
    height = -LINK * cos_theta1 - LINK * cos_theta2
    terminated = height > 1.0
    reward = -1.0 if not terminated else 0.0
    speed = sqrt(vel[0] ** 2 + vel[1] ** 2) / MAX_VEL
    shaped = reward + 0.1 * height - 0.01 * speed * cos(sin2)
    return shaped, {"base": reward, "height": 0.1 * height}
