import numpy as np


def compute_reward(mode, x):
    bonus = 0.0
    if mode in (1, 2):
        bonus = 1.0
    picked = x[mode % 3]
    return picked + bonus, {"picked": picked, "bonus": bonus}
