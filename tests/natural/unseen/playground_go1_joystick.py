import jax
import jax.numpy as jp

SCALES = {
    "tracking_lin_vel": 1.0,
    "tracking_ang_vel": 0.5,
    "orientation": -5.0,
    "torques": -0.0002,
    "action_rate": -0.01,
}


def _reward_tracking_lin_vel(commands: jax.Array, local_vel: jax.Array) -> jax.Array:
    lin_vel_error = jp.sum(jp.square(commands[:2] - local_vel[:2]))
    return jp.exp(-lin_vel_error / 0.25)


def _cost_torques(torques: jax.Array) -> jax.Array:
    return jp.sqrt(jp.sum(jp.square(torques))) + jp.sum(jp.abs(torques))


def compute_reward(command, local_vel, ang_vel, torques, act, last_act, up):
    rewards = {
        "tracking_lin_vel": _reward_tracking_lin_vel(command, local_vel),
        "tracking_ang_vel": jp.exp(-jp.square(command[2] - ang_vel[2]) / 0.25),
        "orientation": jp.sum(jp.square(up[:2])),
        "torques": _cost_torques(torques),
        "action_rate": jp.sum(jp.square(act - last_act)),
    }
    rewards = {k: v * SCALES[k] for k, v in rewards.items()}
    reward = jp.clip(sum(rewards.values()) * 0.02, -10.0, 10000.0)
    return reward, rewards
