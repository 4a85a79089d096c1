import jax
import jax.numpy as jnp

LOWER = jnp.array([-1.0, -1.2, -0.5, -1.0, -1.2, -0.5])
UPPER = -LOWER


@jax.jit
def compute_reward(joint_pos, joint_vel, height):
    below = jnp.maximum(LOWER - joint_pos, 0.0)
    above = jnp.maximum(joint_pos - UPPER, 0.0)
    weights = jnp.ones(6).at[2].set(2.0).at[5].set(2.0)
    limit = jnp.sum(weights * (below + above), axis=1)
    vel = jnp.mean(joint_vel**2, axis=1)
    stand = jax.nn.sigmoid(8.0 * (height - 0.7))
    return stand - 0.2 * limit - 0.01 * vel, {"stand": stand, "limit": -0.2 * limit, "vel": -0.01 * vel}
