import jax.numpy as jnp

_HEALTHY = (0.3, 0.9)
_TERMINATE = True


def compute_reward(com_vel, qpos, action):
    min_z, max_z = _HEALTHY
    z = jnp.abs(qpos[2])
    is_healthy = jnp.where(z < min_z, 0.0, 1.0)
    is_healthy = jnp.where(z > max_z, 0.0, is_healthy)
    if _TERMINATE:
        healthy_reward = 5.0
    else:
        healthy_reward = 5.0 * is_healthy
    forward_reward = 1.25 * com_vel[0]
    ctrl_cost = 0.1 * jnp.sum(jnp.square(action))
    pose = -0.2 * jnp.sum(jnp.square(qpos[7:]), axis=-1)
    reward = forward_reward + healthy_reward * is_healthy - ctrl_cost + pose
    return reward, {"forward": forward_reward, "alive": healthy_reward * is_healthy, "quadctrl": -ctrl_cost}
