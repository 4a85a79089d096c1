import jax.numpy as jnp


def vee(m):
    return jnp.array([m[2, 1], m[0, 2], m[1, 0]])


def compute_reward(rotation, target_rotation, omega, position_error):
    e_mat = target_rotation.T @ rotation - rotation.T @ target_rotation
    e_r = 0.5 * vee(e_mat)
    att = jnp.exp(-jnp.linalg.norm(e_r))
    trace = jnp.einsum("ij,ij->", rotation, target_rotation)
    pos = jnp.exp(-(position_error @ position_error))
    reward = att * pos + 0.1 * jnp.tanh(trace) - 0.01 * jnp.sum(omega**2)
    return reward, {"attitude": att, "position": pos, "trace": trace}
