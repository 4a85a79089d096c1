import jax
import jax.numpy as jnp


def _single(ee, goal, qd):
    dist = jnp.linalg.norm(ee - goal)
    reach = jnp.exp(-4.0 * dist)
    effort = 1e-2 * jnp.dot(qd, qd)
    return reach - effort, {"reach": reach, "effort": -effort}


def compute_reward(ee, goal, qd):
    return jax.vmap(_single)(ee, goal, qd)
