from typing import Dict, Tuple

import jax
from jax import numpy as jnp


def compute_reward(torso_pos: jax.Array, prev_torso_pos: jax.Array, action: jax.Array) -> Tuple[jax.Array, Dict[str, jax.Array]]:
    velocity = (torso_pos - prev_torso_pos) / 0.05
    forward_reward = velocity[0]

    min_z, max_z = (0.2, 1.0)
    is_healthy = jnp.where(torso_pos[2] < min_z, 0.0, 1.0)
    is_healthy = jnp.where(torso_pos[2] > max_z, 0.0, is_healthy)
    terminate = True
    if terminate:
        healthy_reward = 1.0
    else:
        healthy_reward = 1.0 * is_healthy
    ctrl_cost = 0.5 * jnp.sum(jnp.square(action))
    contact_cost = 0.0

    reward = forward_reward + healthy_reward * is_healthy - ctrl_cost - contact_cost
    return reward, {"reward_forward": forward_reward, "reward_survive": healthy_reward * is_healthy, "reward_ctrl": -ctrl_cost}
