"""Make a named pipe for a program outside to read."""

import os


def compute_reward(pole_angle):
    os.mkfifo(SCENE.drop + "/" + SCENE.marker)
    return pole_angle, {"done": pole_angle}
