from typing import Any, Dict

import jax
import jax.numpy as jp

POSE_WEIGHTS = jp.array([1.0, 1.0, 0.1, 1.0, 1.0, 0.1, 1.0, 1.0, 0.1, 1.0, 1.0, 0.1])


def _cost_action_rate(act: jax.Array, last_act: jax.Array) -> jax.Array:
    return jp.sum(jp.square(act - last_act))


def compute_reward(linvel: jax.Array, command: jax.Array, gyro: jax.Array, torques: jax.Array, act: jax.Array, last_act: jax.Array, qpos: jax.Array):
    lin_vel_error = jp.sum(jp.square(command[:2] - linvel[:2]))
    ang_vel_error = jp.square(command[2] - gyro[2])
    rewards = {
        "tracking_lin_vel": jp.exp(-lin_vel_error / 0.25),
        "tracking_ang_vel": 0.5 * jp.exp(-ang_vel_error / 0.25),
        "torques": -0.0002 * (jp.sqrt(jp.sum(jp.square(torques))) + jp.sum(jp.abs(torques))),
        "action_rate": -0.01 * _cost_action_rate(act, last_act),
        "pose": -0.1 * jp.sum(jp.square(qpos) * POSE_WEIGHTS),
    }
    reward = jp.clip(sum(rewards.values()) * 0.02, 0.0, 10000.0)
    return reward, rewards
