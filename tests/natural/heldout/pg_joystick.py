import jax
import jax.numpy as jp

DEFAULT_POSE = jp.array([0.1, 0.9, -1.8, -0.1, 0.9, -1.8, 0.1, 0.9, -1.8, -0.1, 0.9, -1.8])
DT = 0.02
SCALES = {
    "tracking_lin_vel": 1.0,
    "tracking_ang_vel": 0.5,
    "lin_vel_z": -0.5,
    "orientation": -5.0,
    "torques": -0.0002,
    "action_rate": -0.01,
    "pose": 0.5,
    "feet": 0.1,
}


def _cost_torques(torques: jax.Array) -> jax.Array:
    # Penalize torques, with both norms.
    return jp.sqrt(jp.sum(jp.square(torques))) + jp.sum(jp.abs(torques))


def _reward_pose(qpos: jax.Array) -> jax.Array:
    # Stay close to the default pose.
    weight = jp.array([1.0, 1.0, 0.1] * 4)
    return jp.exp(-jp.sum(jp.square(qpos - DEFAULT_POSE) * weight))


def compute_reward(local_vel, gyro, gravity, command, torques, action, prev_action, qpos, contact):
    lin_vel_error = jp.sum(jp.square(command[:2] - local_vel[:2]))
    ang_vel_error = jp.square(command[2] - gyro[2])
    rewards = {
        "tracking_lin_vel": jp.exp(-lin_vel_error / 0.25),
        "tracking_ang_vel": jp.exp(-ang_vel_error / 0.25),
        "lin_vel_z": jp.square(local_vel[2]),
        "orientation": jp.sum(jp.square(gravity[:2])),
        "torques": _cost_torques(torques),
        "action_rate": jp.sum(jp.square(action - prev_action)),
        "pose": _reward_pose(qpos),
        "feet": jp.sum(contact) * (jp.linalg.norm(command) > 0.05),
    }
    rewards = {k: v * SCALES[k] for k, v in rewards.items()}
    reward = jp.clip(sum(rewards.values()) * DT, 0.0, 10000.0)
    return reward, rewards
