import jax.numpy as jnp


def compute_reward(x_velocity, action, root_angle):
    forward_reward = 1.0 * x_velocity
    ctrl_cost = 0.1 * jnp.sum(jnp.square(action), axis=-1)
    flipped = jnp.logical_or(root_angle > 1.2, root_angle < -1.2)
    flip_cost = jnp.where(flipped, 3.0, 0.0)
    reward = forward_reward - ctrl_cost - flip_cost
    return reward, {"reward_run": forward_reward, "reward_ctrl": -ctrl_cost, "reward_flip": -flip_cost}
