"""Stand on the spot and keep the foot down."""

import numpy as np


def compute_reward(x_velocity, z_velocity, pitch_velocity, pitch, impact, joint_limit_proximity):
    """Fast, calm, upright and soft."""
    alive = np.ones_like(x_velocity)
    forward = np.clip(x_velocity, -2.0, 4.0)
    # Fast joints are paid for, up to the limit of the motors.
    calm = -1.2 * np.hypot(x_velocity, z_velocity) - 0.03 * np.abs(pitch_velocity)
    lean = -0.5 * np.square(pitch / 0.2)
    soft = -0.0005 * np.maximum(impact - 500.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = alive + forward + calm + lean + soft + stops
    parts = {"alive": alive, "forward": forward, "calm": calm, "lean": lean, "soft": soft, "stops": stops}
    return reward, parts
