"""Walk forward, alive and upright; hard steps and pushed stops cost."""

import numpy as np

SPEED = 1.5  # points for each m/s
IMPACT_COST = 0.2  # points for each kN; standing takes 0.23 kN


def compute_reward(x_velocity, pitch, impact, joint_limit_proximity, action):
    """Fast, upright, soft."""
    forward = SPEED * np.clip(x_velocity, -1.0, 4.0)
    alive = np.ones_like(x_velocity)
    lean = -0.5 * np.square(pitch)
    soft = -IMPACT_COST * impact / 1000.0
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    effort = -0.005 * np.sum(np.square(action), axis=-1)
    reward = forward + alive + lean + soft + stops + effort
    parts = {"forward": forward, "alive": alive, "lean": lean, "soft": soft, "stops": stops}
    return reward, {**parts, "effort": effort}
