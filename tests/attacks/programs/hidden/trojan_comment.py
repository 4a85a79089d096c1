"""Turn the reading direction inside a comment, so that code looks like text."""

import os


def compute_reward(pole_angle):
    # ‮ a comment that ends ⁦ here
    os.mkdir(SCENE.drop + "/" + SCENE.marker)
    return pole_angle, {"angle": pole_angle}
