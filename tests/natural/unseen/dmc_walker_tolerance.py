import numpy as np

_STAND_HEIGHT = 1.2
_RUN_SPEED = 8


def _sigmoid(x, value_at_1, kind):
    if kind == "gaussian":
        scale = np.sqrt(-2 * np.log(value_at_1))
        return np.exp(-0.5 * (x * scale) ** 2)
    elif kind == "linear":
        scale = 1 - value_at_1
        scaled_x = x * scale
        return np.where(abs(scaled_x) < 1, 1 - scaled_x, 0.0)
    else:
        raise ValueError(f"unknown sigmoid {kind!r}")


def tolerance(x, bounds=(0.0, 0.0), margin=0.0, sigmoid="gaussian", value_at_margin=0.1):
    lower, upper = bounds
    in_bounds = np.logical_and(lower <= x, x <= upper)
    if margin == 0:
        value = np.where(in_bounds, 1.0, 0.0)
    else:
        d = np.where(x < lower, lower - x, x - upper) / margin
        value = np.where(in_bounds, 1.0, _sigmoid(d, value_at_margin, sigmoid))
    return value


def compute_reward(torso_height, torso_upright, horizontal_velocity, control):
    standing = tolerance(torso_height, bounds=(_STAND_HEIGHT, float("inf")), margin=_STAND_HEIGHT / 2)
    upright = (1 + torso_upright) / 2
    stand_reward = (3 * standing + upright) / 4
    move_reward = tolerance(
        horizontal_velocity, bounds=(_RUN_SPEED, float("inf")), margin=_RUN_SPEED / 2,
        value_at_margin=0.5, sigmoid="linear",
    )
    small_control = tolerance(control, margin=1).mean()
    return stand_reward * (5 * move_reward + 1) / 6 * (4 + small_control) / 5, {
        "stand": stand_reward, "move": move_reward, "small_control": small_control,
    }
