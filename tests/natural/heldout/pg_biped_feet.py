import jax
import jax.numpy as jp

MAX_FOOT_HEIGHT = 0.15


def get_rz(phi: jax.Array, swing_height: float = 0.08) -> jax.Array:
    """Height of a foot along its gait, a smooth bump in the swing half."""

    def cubic(y_start, y_end, x):
        return y_start + (y_end - y_start) * (x**3 + 3 * (x**2 * (1 - x)))

    x = (phi + jp.pi) / (2 * jp.pi)
    stance = cubic(0, swing_height, 2 * x)
    swing = cubic(swing_height, 0, 2 * x - 1)
    return jp.where(x <= 0.5, stance, swing)


def compute_reward(foot_z, foot_vel, foot_force, air_time, phase, command):
    cmd_norm = jp.linalg.norm(command)
    contact = foot_force > 1.0
    # feet slip: moving while in contact
    vel_xy_norm_sq = jp.sum(jp.square(foot_vel[..., :2]), axis=-1)
    slip = jp.sum(vel_xy_norm_sq * contact) * (cmd_norm > 0.1)
    # clearance
    delta = jp.abs(foot_z - MAX_FOOT_HEIGHT)
    clearance = jp.sum(delta * jp.sqrt(jp.linalg.norm(foot_vel[..., :2], axis=-1)))
    # phase tracking
    rz = get_rz(phase)
    phase_rew = jp.exp(-jp.sum(jp.square(foot_z - rz)) / 0.01)
    # air time of feet that just touched
    air = jp.sum(jp.clip(air_time - 0.2, max=0.3) * contact)
    air *= cmd_norm > 0.1
    single = jp.sum(contact) == 1
    total = phase_rew + 2.0 * air - 0.25 * slip - 0.5 * clearance + 0.1 * single
    return total, {"phase": phase_rew, "air": 2.0 * air, "slip": -0.25 * slip, "clearance": -0.5 * clearance}
