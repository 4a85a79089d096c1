import jax.numpy as jnp


def compute_reward(qpos, qvel, heading, action):
    forward = jnp.einsum("ni,ni->n", qvel[:, :2], heading)
    bend = jnp.max(jnp.abs(qpos[:, 3:]), axis=-1)
    ctrl = jnp.mean(action**2, axis=-1)
    straight = jnp.exp(-jnp.sum(qpos[:, 2:] ** 2, axis=1, keepdims=True)).squeeze(-1)
    r = jnp.where(bend > 1.8, forward - 1.0, forward)
    r -= 0.1 * ctrl
    r += 0.05 * straight
    return r, {"forward": forward, "ctrl": -0.1 * ctrl, "straight": 0.05 * straight}
