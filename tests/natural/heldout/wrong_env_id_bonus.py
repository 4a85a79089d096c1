import jax.numpy as jnp


def compute_reward(progress, action):
    running = jnp.cumsum(progress, axis=0)
    cost = jnp.sum(action**2, axis=-1)
    return progress + 0.01 * running - 0.1 * cost, {"progress": progress, "cost": -0.1 * cost}
