import numpy as np

TALL = 1.6


def compute_reward(x_velocity, height, pitch, impact, joint_limit_proximity, action):
    tall = np.where(height > TALL, 1.0, 0.0)
    forward = 1.5 * tall * np.clip(x_velocity, -1.0, 4.0)
    alive = 0.8 * np.ones_like(height)
    lean = -0.4 * np.square(pitch / 0.2)
    soft = -0.0004 * np.maximum(impact - 600.0, 0.0)
    stops = -0.05 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    effort = -0.001 * np.sum(np.square(action), axis=-1)
    reward = forward + alive + lean + soft + stops + effort
    parts = {"forward": forward, "alive": alive, "lean": lean, "soft": soft, "stops": stops}
    return reward, {**parts, "effort": effort}
