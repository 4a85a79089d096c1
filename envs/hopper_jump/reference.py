"""Written by a language model in a search (docs/tasks.md); with it 5 of 5 fresh seeds solve the task."""

import numpy as np

G2 = 19.62  # m/s^2, 2 g
STAND = 1.2  # m, torso height when standing
ENERGY_UNIT = 0.2  # m
FOOT_UNIT = 0.15  # m
PITCH_SCALE = 0.3  # rad
PLACE_SCALE = 0.7  # m
X_UNIT = 0.5  # m
LEAN_UNIT = 0.25  # rad
SOFT_FORCE = 400.0  # N
STOP_FROM = 0.95


def compute_reward(
    z_velocity, prev_z_velocity, pitch, x_position, height, foot_height, impact, joint_limit_proximity
):
    """Pay the energy of the hop and the foot's height, upright in place."""
    lean = np.exp(-np.square(pitch / PITCH_SCALE))
    place = np.exp(-np.power(np.abs(x_position) / PLACE_SCALE, 4))
    gate = lean * place
    tall = np.clip((height - 0.6) / 0.4, 0.0, 1.0)
    balance = 0.9 * gate * tall

    up = np.clip(z_velocity, 0.0, 5.0)
    rise = np.clip(height + np.square(up) / G2 - STAND, 0.0, 1.5)
    energy = 0.8 * gate * rise / ENERGY_UNIT
    foot = 1.0 * gate * np.clip(foot_height, 0.0, 1.2) / FOOT_UNIT

    centre = -0.15 * np.minimum(np.abs(x_position) / X_UNIT, 2.0) - 0.15 * np.minimum(
        np.abs(pitch) / LEAN_UNIT, 2.0
    )
    falling = np.clip(-prev_z_velocity / 0.5, 0.0, 1.0)
    soft = -0.25 * falling * np.clip((impact - SOFT_FORCE) / 500.0, 0.0, 2.0)
    near = np.clip((joint_limit_proximity - STOP_FROM) / 0.05, 0.0, 1.5)
    stops = -0.05 * np.sum(near, axis=-1)
    reward = balance + energy + foot + centre + soft + stops
    return reward, {
        "balance": balance,
        "energy": energy,
        "foot": foot,
        "centre": centre,
        "soft": soft,
        "stops": stops,
    }
