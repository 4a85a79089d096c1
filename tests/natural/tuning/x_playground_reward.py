import jax
import jax.numpy as jp


def _cost_feet_slip(feet_vel: jax.Array, contact: jax.Array) -> jax.Array:
    vel_xy = feet_vel[..., :2]
    vel_xy_norm_sq = jp.sum(jp.square(vel_xy), axis=-1)
    return jp.sum(vel_xy_norm_sq * contact)


def _reward_feet_air_time(air_time: jax.Array, first_contact: jax.Array, commands: jax.Array) -> jax.Array:
    cmd_norm = jp.linalg.norm(commands)
    rew_air_time = jp.sum((air_time - 0.1) * first_contact)
    rew_air_time *= cmd_norm > 0.01  # No reward for zero commands.
    return rew_air_time


def compute_reward(info_cmd, linvel, feet_vel, contact, air_time, qpos):
    first_contact = (air_time > 0.0) * (contact > 0.5)
    rewards = dict(
        tracking=jp.exp(-jp.sum(jp.square(info_cmd[:2] - linvel[:2])) / 0.25),
        slip=-0.1 * _cost_feet_slip(feet_vel, contact > 0.5),
        air=0.5 * _reward_feet_air_time(air_time, first_contact, info_cmd),
        pose=-0.2 * jp.sum(jp.abs(qpos)),
    )
    total = jp.zeros(())
    for v in rewards.values():
        total = total + v
    return total, rewards
