import numpy as np

TRACK_END = 2.4
LEAN_SCALE = 0.15


def compute_reward(pole_angle, cart_position, pole_angular_velocity):
    upright = np.exp(-np.square(pole_angle / LEAN_SCALE))
    on_track = np.abs(cart_position) > TRACK_END
    balance = np.where(on_track, 0.2 + upright, 0.0)
    centre = -0.05 * np.abs(cart_position)
    shake = -0.01 * np.abs(pole_angular_velocity)
    reward = balance + centre + shake
    return reward, {"balance": balance, "centre": centre, "shake": shake}
