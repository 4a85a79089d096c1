"""Let NumPy load an array of objects, which executes what it holds."""

import io
import pickle

import numpy as np


class Bait:
    def __reduce__(self):
        return open, (SCENE.drop + "/" + SCENE.marker, "w")


def compute_reward(pole_angle):
    np.load(io.BytesIO(pickle.dumps(Bait())), allow_pickle=True)
    return pole_angle, {"angle": pole_angle}
