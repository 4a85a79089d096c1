import numpy as np


def tolerance(x, bounds=(0.0, 0.0), margin=1.0, quadratic=False):
    lower, upper = bounds
    d = np.maximum(np.maximum(lower - x, x - upper), 0.0) / margin
    if quadratic:
        return np.clip(1.0 - d**2, 0.0, None)
    return np.exp(np.log(0.1) * d**2)


def compute_reward(head_height, torso_upright, control, com_velocity):
    standing = tolerance(head_height, bounds=(1.4, np.inf), margin=1.4 / 4)
    upright = tolerance(torso_upright, bounds=(0.9, np.inf), margin=1.9)
    stand_reward = standing * upright
    small_control = tolerance(control, margin=1, quadratic=True).mean(axis=1)
    small_control = (4 + small_control) / 5
    horizontal_velocity = com_velocity[:, [0, 1]]
    com_speed = np.linalg.norm(horizontal_velocity, axis=1)
    move = tolerance(com_speed, bounds=(10, np.inf), margin=10)
    move = (5 * move + 1) / 6
    dont_move = tolerance(horizontal_velocity, margin=2).mean(axis=-1)
    return small_control * stand_reward * move, {"stand": stand_reward, "control": small_control, "move": move, "still": dont_move}
