import jax.numpy as jnp


def compute_reward(fingertips, object_pos, object_rot, target):
    # fingertips as the object sees them
    rel = jnp.dot(fingertips - object_pos, object_rot)
    dist = jnp.linalg.norm(rel, axis=-1)
    moving_to_object = -0.1 * jnp.sum(dist)
    close_to_object = 0.1 * (jnp.max(dist) < 0.5)
    object_dist = jnp.sqrt(jnp.sum((object_pos - target) ** 2) + 1e-6)
    touching_target = 1.0 * (object_dist < 0.15)
    spread = jnp.std(dist)
    up = object_rot[:, 2] @ jnp.array([0.0, 0.0, 1.0])
    reward = moving_to_object + close_to_object + 5.0 * touching_target - object_dist - 0.2 * spread + 0.1 * up
    return reward, {
        "moving": moving_to_object, "close": close_to_object, "target": 5.0 * touching_target,
        "dist": -object_dist, "spread": -0.2 * spread, "up": 0.1 * up,
    }
