import jax.numpy as jnp
from jax import Array


def tolerance(x, bounds=(0.0, 0.0), margin=0.0, value_at_margin=0.1):
    lower, upper = bounds
    in_bounds = jnp.logical_and(lower <= x, x <= upper)
    if margin == 0.0:
        return jnp.where(in_bounds, 1.0, 0.0)
    d = jnp.where(x < lower, lower - x, x - upper) / margin
    scale = jnp.sqrt(-2 * jnp.log(value_at_margin))
    return jnp.where(in_bounds, 1.0, jnp.exp(-0.5 * (d * scale) ** 2))


def compute_reward(pole_cos: Array, cart_position: Array, action: Array, angular_vel: Array):
    upright = (pole_cos + 1) / 2
    centered = tolerance(cart_position, margin=2.0)
    centered = (1 + centered) / 2
    small_control = tolerance(action[0], margin=1.0)
    small_control = (4 + small_control) / 5
    small_velocity = tolerance(angular_vel, margin=5.0)
    small_velocity = (1 + small_velocity) / 2
    return upright * small_control * small_velocity * centered, {
        "upright": upright,
        "centered": centered,
        "small_control": small_control,
        "small_velocity": small_velocity,
    }
