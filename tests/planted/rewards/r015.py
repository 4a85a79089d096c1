"""Forward velocity, and at each touchdown the time spent in the air."""

import numpy as np

DT = 0.008  # s
CONTACT = 0.005  # m

MEMORY = {"air": 0.0}


def compute_reward(x_velocity, foot_height, pitch, impact, joint_limit_proximity, memory):
    """Hop, do not shuffle: a touchdown pays ten points a second of flight, at most 0.5 s of it."""
    flying = foot_height > CONTACT
    air = memory["air"] + np.where(flying, DT, 0.0)
    touchdown = np.where(flying, 0.0, 10.0 * np.minimum(memory["air"], 0.5))
    forward = np.clip(x_velocity, -1.0, 3.0)
    alive = 0.5 * np.exp(-np.square(pitch / 0.15))
    soft = -0.0005 * np.maximum(impact - 700.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = touchdown + forward + alive + soft + stops
    parts = {"touchdown": touchdown, "forward": forward, "alive": alive, "soft": soft, "stops": stops}
    return reward, parts, {"air": air}
