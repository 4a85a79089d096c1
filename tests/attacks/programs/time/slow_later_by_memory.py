"""Count the calls in the reward's own memory, and become slow after two thousand of them."""

import numpy as np

CALLS = 1010  # two requests each
MEMORY = {"steps": 0.0}


def compute_reward(pole_angle, memory):
    steps = memory["steps"] + 1.0
    work = pole_angle
    for i in range(200):
        for j in range(200):
            for k in range(200):
                work = np.where(steps > 2000.0, np.cos(work), work)
    return work, {"work": work}, {"steps": steps}
