import math

import numpy as np

W_DIST = 1.0
W_SPEED = 0.5
FLAT = math.radians(10.0)


def potential(obs):
    distance = np.hypot(obs[:, 0], obs[:, 1])
    speed = np.hypot(obs[:, 2], obs[:, 3])
    return -W_DIST * distance - W_SPEED * speed - 0.5 * np.abs(obs[:, 4])


def compute_reward(obs, prev_obs, action):
    shaping = potential(obs) - potential(prev_obs)
    legs = 0.1 * (obs[:, 6] + obs[:, 7])
    flat = np.where(np.abs(obs[:, 4]) < FLAT, 0.05, 0.0)
    fuel = -0.03 * (1.0 - action[:, 0])
    return shaping + legs + flat + fuel, {"shaping": shaping, "legs": legs, "flat": flat, "fuel": fuel}
