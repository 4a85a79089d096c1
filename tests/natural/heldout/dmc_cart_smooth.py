import numpy as np


def _sigmoids(x, value_at_1, sigmoid):
    if sigmoid == "gaussian":
        scale = np.sqrt(-2 * np.log(value_at_1))
        return np.exp(-0.5 * (x * scale) ** 2)
    elif sigmoid == "quadratic":
        scale = np.sqrt(1 - value_at_1)
        scaled_x = x * scale
        return np.where(abs(scaled_x) < 1, 1 - scaled_x**2, 0.0)
    else:
        raise ValueError("Unknown sigmoid type {!r}.".format(sigmoid))


def tolerance(x, bounds=(0.0, 0.0), margin=0.0, sigmoid="gaussian", value_at_margin=0.1):
    lower, upper = bounds
    if lower > upper:
        raise ValueError("Lower bound must be <= upper bound.")
    in_bounds = np.logical_and(lower <= x, x <= upper)
    if margin == 0:
        value = np.where(in_bounds, 1.0, 0.0)
    else:
        d = np.where(x < lower, lower - x, x - upper) / margin
        value = np.where(in_bounds, 1.0, _sigmoids(d, value_at_margin, sigmoid))
    return float(value) if np.isscalar(x) else value


def compute_reward(pole_cos, cart_position, control, angular_vel):
    upright = (pole_cos + 1) / 2
    centered = tolerance(cart_position, margin=2)
    centered = (1 + centered) / 2
    small_control = tolerance(control, margin=1, value_at_margin=0, sigmoid="quadratic")[0]
    small_control = (4 + small_control) / 5
    small_velocity = tolerance(angular_vel, margin=5).min()
    small_velocity = (1 + small_velocity) / 2
    reward = upright.mean() * small_control * small_velocity * centered
    return reward, {"upright": upright, "centered": centered, "control": small_control, "velocity": small_velocity}
