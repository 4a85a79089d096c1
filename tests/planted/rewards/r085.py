"""Forward velocity up to a walking pace."""

import numpy as np

TOP_SPEED = 2.5  # m/s


def compute_reward(x_velocity, pitch, pitch_velocity, impact, joint_limit_proximity):
    """Walk forward steadily."""
    # Forward counts up to TOP_SPEED; going backwards costs as much.
    forward = np.clip(x_velocity, -TOP_SPEED, TOP_SPEED)
    # The torso stays up and does not rock.
    upright = 0.8 * np.exp(-np.square(pitch / 0.5))
    rocking = -0.01 * np.abs(pitch_velocity)
    # Tread softly, spare the joints.
    soft = -0.0004 * np.maximum(impact - 700.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = forward + upright + rocking + soft + stops
    parts = {"forward": forward, "upright": upright, "rocking": rocking, "soft": soft, "stops": stops}
    return reward, parts
