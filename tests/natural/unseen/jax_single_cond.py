import jax.numpy as jnp
from jax import lax


def compute_reward(dist, speed, collided):
    approach = jnp.exp(-dist)
    bonus = lax.select(dist < 0.2, 5.0, 0.0)
    slow = lax.cond(dist < 0.5, lambda s: -0.5 * s, lambda s: 0.0 * s, speed)
    crash = jnp.where(collided == 1, -10.0, 0.0)
    return approach + bonus + slow + crash, {"approach": approach, "bonus": bonus, "slow": slow, "crash": crash}
