"""Forward progress, alive, a quiet torso, soft landings, joints off their stops."""

import numpy as np

DT = 0.008  # s of a control step


def compute_reward(x_position, prev_x_position, pitch_velocity, impact, joint_limit_proximity, action):
    """Hop forward."""
    forward = np.clip((x_position - prev_x_position) / DT, -3.0, 3.0)
    alive = 0.5 * np.ones_like(x_position)
    quiet = -0.01 * np.abs(pitch_velocity)
    soft = -0.0005 * np.maximum(impact - 600.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    effort = -0.002 * np.sum(np.square(action), axis=-1)
    reward = forward + alive + quiet + soft + stops + effort
    parts = {"forward": forward, "alive": alive, "quiet": quiet, "soft": soft, "stops": stops}
    return reward, {**parts, "effort": effort}
