import numpy as np


def compute_reward(x_velocity, y_velocity, upright, impact, joint_limit_proximity, action):
    along = np.hypot(x_velocity, y_velocity)
    forward = np.where(upright > 0.3, np.clip(along, -3.0, 5.0), 0.0)
    alive = 0.2 * np.maximum(upright, 0.0)
    soft = -0.002 * np.maximum(impact - 60.0, 0.0)
    stops = -0.05 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    effort = -0.05 * np.sum(np.square(action), axis=-1)
    reward = forward + alive + soft + stops + effort
    return reward, {"forward": forward, "alive": alive, "soft": soft, "stops": stops, "effort": effort}
