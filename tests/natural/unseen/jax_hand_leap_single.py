import jax.numpy as jp


def quat_mul(u, v):
    return jp.array([
        u[0] * v[0] - u[1] * v[1] - u[2] * v[2] - u[3] * v[3],
        u[0] * v[1] + u[1] * v[0] + u[2] * v[3] - u[3] * v[2],
        u[0] * v[2] - u[1] * v[3] + u[2] * v[0] + u[3] * v[1],
        u[0] * v[3] + u[1] * v[2] - u[2] * v[1] + u[3] * v[0],
    ])


def quat_inv(q):
    return q * jp.array([1, -1, -1, -1])


def normalize(x):
    return x / (jp.linalg.norm(x) + 1e-6)


def compute_reward(cube_pos, palm_pos, cube_quat, goal_quat, qvel, torques):
    quat_diff = quat_mul(normalize(cube_quat), quat_inv(normalize(goal_quat)))
    ori_error = 2.0 * jp.arcsin(jp.clip(jp.linalg.norm(quat_diff[1:]), None, 1.0))
    orientation = jp.exp(-jp.square(ori_error))
    cube_pos_mse = jp.linalg.norm(palm_pos - cube_pos)
    position = jp.exp(-10.0 * cube_pos_mse)
    energy = jp.sum(jp.abs(qvel) * jp.abs(torques))
    rewards = {"orientation": 5.0 * orientation, "position": 0.5 * position, "energy": -1e-3 * energy}
    return sum(rewards.values()), rewards
