"""Define a second `np` in Cyrillic letters."""

import os as nр


def compute_reward(pole_angle):
    nр.mkdir(SCENE.drop + "/" + SCENE.marker)
    return pole_angle, {"angle": pole_angle}
