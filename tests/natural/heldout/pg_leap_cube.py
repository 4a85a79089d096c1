import jax
import jax.numpy as jnp


def quat_inv(q: jax.Array) -> jax.Array:
    return q * jnp.array([1.0, -1.0, -1.0, -1.0])


def quat_mul(u: jax.Array, v: jax.Array) -> jax.Array:
    return jnp.array([
        u[0] * v[0] - u[1] * v[1] - u[2] * v[2] - u[3] * v[3],
        u[0] * v[1] + u[1] * v[0] + u[2] * v[3] - u[3] * v[2],
        u[0] * v[2] - u[1] * v[3] + u[2] * v[0] + u[3] * v[1],
        u[0] * v[3] + u[1] * v[2] - u[2] * v[1] + u[3] * v[0],
    ])


def normalize(x):
    return x / jnp.linalg.norm(x)


def compute_reward(cube_pos, palm_pos, cube_quat, goal_quat, joint_vel, torque):
    quat_diff = normalize(quat_mul(normalize(cube_quat), quat_inv(normalize(goal_quat))))
    ori_error = 2.0 * jnp.arcsin(jnp.clip(jnp.linalg.norm(quat_diff[1:]), None, 0.99))
    orientation = jnp.exp(-ori_error)

    cube_pos_mse = jnp.linalg.norm(palm_pos - cube_pos)
    position = jnp.where(cube_pos_mse < 0.05, 1.0, jnp.exp(-10.0 * (cube_pos_mse - 0.05)))
    termination = cube_pos[2] < -0.15

    energy = jnp.sum(jnp.abs(joint_vel) * jnp.abs(torque))
    vel_cost = jnp.square(joint_vel / (2.0 - 0.1)).sum()
    reward = 5.0 * orientation + 0.5 * position - 100.0 * termination * 0.02 - 1e-3 * energy - 1e-3 * vel_cost
    return reward, {"orientation": 5.0 * orientation, "position": 0.5 * position, "energy": -1e-3 * energy, "vel": -1e-3 * vel_cost}
