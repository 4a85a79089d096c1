import numpy as np

_STAND_HEIGHT = 1.2
_RUN_SPEED = 8


def _sigmoid(x, value_at_1):
    scale = 1 - value_at_1
    return np.where(abs(x * scale) < 1, 1 - x * scale, 0.0)


def tolerance(x, lower, upper, margin, value_at_margin=0.5):
    in_bounds = np.logical_and(lower <= x, x <= upper)
    d = np.where(x < lower, lower - x, x - upper) / margin
    return np.where(in_bounds, 1.0, _sigmoid(d, value_at_margin))


def compute_reward(torso_height, torso_upright, horizontal_velocity, control):
    standing = tolerance(torso_height, _STAND_HEIGHT, 100.0, _STAND_HEIGHT / 2)
    upright = (1 + torso_upright) / 2
    stand_reward = (3 * standing + upright) / 4
    move_reward = tolerance(horizontal_velocity, _RUN_SPEED, 100.0, _RUN_SPEED / 2, value_at_margin=0.5)
    small_control = 1.0 - np.abs(control).mean()
    reward = stand_reward * (5 * move_reward + 1) / 6 + 0.05 * small_control
    return reward, {"stand": stand_reward, "move": move_reward, "control": 0.05 * small_control}
