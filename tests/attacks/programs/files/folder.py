"""Make a folder."""

import os


def compute_reward(pole_angle):
    os.mkdir(SCENE.drop + "/" + SCENE.marker)
    return pole_angle, {"done": pole_angle}
