import numpy as np


def compute_reward(
    heading, prev_heading, x_position, y_position, upright, z_velocity, impact, joint_limit_proximity
):
    change = prev_heading - heading
    turn = 20.0 * np.arctan2(np.sin(change), np.cos(change))
    away = -0.5 * np.minimum(np.square(x_position) + np.square(y_position), 4.0)
    up = 0.5 * upright
    hopping = -0.1 * np.abs(z_velocity)
    soft = -0.002 * np.maximum(impact - 60.0, 0.0)
    stops = -0.05 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = turn + away + up + hopping + soft + stops
    parts = {"turn": turn, "away": away, "up": up, "hopping": hopping, "soft": soft, "stops": stops}
    return reward, parts
