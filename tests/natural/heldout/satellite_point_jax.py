import jax.numpy as jnp
import numpy as np

INERTIA = np.diag([1.0, 2.0, 3.0])
BORE = jnp.asarray([0.0, 0.0, 1.0])


def compute_reward(attitude, omega, sun_dir, wheel_speed, thruster):
    # boresight in the world: (B, 3, 3) @ (3,)
    axis = attitude @ BORE
    sun = sun_dir / jnp.maximum(jnp.linalg.norm(sun_dir, axis=-1, keepdims=True), 1e-3)
    pointing = jnp.sum(axis * sun, axis=-1)
    momentum = omega @ INERTIA
    rate = jnp.linalg.norm(momentum, axis=-1)
    saturated = jnp.count_nonzero(jnp.abs(wheel_speed) > 60.0, axis=-1)
    fuel = jnp.sum(thruster, -1)
    reward = pointing - 0.2 * rate
    reward = reward - 0.3 * saturated - 0.05 * fuel
    return reward, {"pointing": pointing, "rate": -0.2 * rate, "saturated": -0.3 * saturated, "fuel": -0.05 * fuel}
