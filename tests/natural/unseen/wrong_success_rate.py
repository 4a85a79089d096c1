import jax.numpy as jnp


def compute_reward(pos, goal):
    dist = jnp.linalg.norm(pos - goal, axis=-1)
    success = dist < 0.5
    curriculum = jnp.sum(success) / success.size
    reward = -dist + success * (1.0 + curriculum)
    return reward, {"dist": -dist, "success": success * 1.0}
