import jax.numpy as jnp


def compute_reward(score, effort):
    rank = jnp.argsort(jnp.argsort(score)) / 100.0
    return rank - 0.1 * effort, {"rank": rank}
