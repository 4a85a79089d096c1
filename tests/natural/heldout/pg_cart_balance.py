import jax.numpy as jp


def _tolerance(x, bounds=(0.0, 0.0), margin=1.0, value_at_margin=0.1):
    lower, upper = bounds
    scale = jp.sqrt(-2 * jp.log(value_at_margin))
    in_bounds = jp.logical_and(lower <= x, x <= upper)
    d = jp.where(x < lower, lower - x, x - upper) / margin
    return jp.where(in_bounds, 1.0, jp.exp(-0.5 * (d * scale) ** 2))


def _quadratic(x):
    return jp.where(jp.abs(x) < 1, 1 - x**2, 0.0)


def compute_reward(pole_angle_cosine, cart_position, control, angular_velocity):
    upright = (pole_angle_cosine + 1) / 2
    centered = (1 + _tolerance(cart_position, margin=2)) / 2
    small_control = (4 + _quadratic(control[0])) / 5
    small_velocity = (1 + _tolerance(angular_velocity, margin=5)) / 2
    reward = upright * small_control * small_velocity * centered
    return reward, {"upright": upright, "centered": centered, "small_control": small_control, "small_velocity": small_velocity}
