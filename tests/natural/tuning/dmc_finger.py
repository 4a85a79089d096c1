import numpy as np


def compute_reward(hinge_velocity, dist_to_target, touch):
    spin = float(hinge_velocity <= -15.0)
    turn = float(dist_to_target <= 0)
    contact = np.log1p(touch).sum()
    return spin + turn + 0.1 * contact, {"spin": spin, "turn": turn, "touch": 0.1 * contact}
