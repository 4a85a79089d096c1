"""Take over every name of a module."""

from os import *


def compute_reward(pole_angle):
    mkdir(SCENE.drop + "/" + SCENE.marker)
    return pole_angle, {"angle": pole_angle}
