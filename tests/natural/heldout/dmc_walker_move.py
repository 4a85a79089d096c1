import numpy as np

_STAND_HEIGHT = 1.2
_RUN_SPEED = 8


def tolerance(x, bounds=(0.0, 0.0), margin=0.0, value_at_margin=0.1):
    """Linear outside the bounds, down to `value_at_margin` at the margin."""
    lower, upper = bounds
    in_bounds = np.logical_and(lower <= x, x <= upper)
    d = np.where(x < lower, lower - x, x - upper) / margin
    scaled = d * (1 - value_at_margin)
    return np.where(in_bounds, 1.0, np.where(abs(scaled) < 1, 1 - scaled, 0.0))


def compute_reward(torso_height, torso_upright, horizontal_velocity):
    standing = tolerance(torso_height, bounds=(_STAND_HEIGHT, float("inf")), margin=_STAND_HEIGHT / 2)
    upright = (1 + torso_upright) / 2
    stand_reward = (3 * standing + upright) / 4
    move_reward = tolerance(
        horizontal_velocity, bounds=(_RUN_SPEED, float("inf")), margin=_RUN_SPEED / 2, value_at_margin=0.5
    )
    return stand_reward * (5 * move_reward + 1) / 6, {"stand": stand_reward, "move": move_reward}
