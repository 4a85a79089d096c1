import jax.numpy as jnp


def compute_reward(v, d):
    w = jnp.ones(3)
    w = w.at[2].set(0.5)
    r = jnp.zeros_like(d)
    r = r.at[:].add(d)
    r = jnp.where(d < 0.2, r + 1.0, r)
    return r - (v * w).sum(axis=-1), {"r": r}
