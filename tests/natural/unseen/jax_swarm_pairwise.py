import jax.numpy as jnp


def compute_reward(positions, goals):
    to_goal = jnp.linalg.norm(positions - goals, axis=-1).mean(axis=-1)
    diff = positions[:, :, None, :] - positions[:, None, :, :]
    dist = jnp.sqrt(jnp.sum(diff**2, axis=-1) + 1e-6)
    dist = dist + 10.0 * jnp.eye(4)
    crowd = jnp.sum(jnp.where(dist < 0.8, 0.8 - dist, 0.0), axis=(1, 2)) / 2
    nearest = jnp.min(dist, axis=(-2, -1))
    reward = -to_goal - 2.0 * crowd + 0.1 * jnp.minimum(nearest, 1.0)
    return reward, {"goal": -to_goal, "crowd": -2.0 * crowd, "nearest": nearest}
