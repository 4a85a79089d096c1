"""Every new record of the foot's height is paid once."""

import numpy as np

MEMORY = {"peak": 0.0}


def compute_reward(foot_height, pitch, x_position, impact, joint_limit_proximity, memory):
    """Jump higher than before, and stay on the foot."""
    peak = np.maximum(memory["peak"], foot_height)
    record = 200.0 * np.maximum(foot_height - peak, 0.0)
    alive = 0.5 + 0.3 * np.exp(-np.square(pitch / 0.2))
    spot = -0.5 * np.square(x_position)
    soft = -0.0005 * np.maximum(impact - 800.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    reward = record + alive + spot + soft + stops
    parts = {"record": record, "alive": alive, "spot": spot, "soft": soft, "stops": stops}
    return reward, parts, {"peak": peak}
