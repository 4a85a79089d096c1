"""Let NumPy write the file."""

import numpy as np


def compute_reward(pole_angle):
    np.save(SCENE.drop + "/" + SCENE.marker, np.ones(3))
    return pole_angle, {"done": pole_angle}
