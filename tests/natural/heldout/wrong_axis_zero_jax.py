import jax.numpy as jnp


def compute_reward(qvel, height):
    speed = qvel[:, 0]
    smooth = jnp.sum(jnp.square(qvel - jnp.mean(qvel, axis=0)), axis=1)
    return speed + height - 0.1 * smooth, {"speed": speed, "smooth": -0.1 * smooth}
