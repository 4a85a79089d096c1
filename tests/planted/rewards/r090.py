import numpy as np

CONTACT = 0.02


def compute_reward(
    x_velocity, right_foot_height, left_foot_height, pitch, impact, joint_limit_proximity, action
):
    supported = (right_foot_height < CONTACT) & (left_foot_height < CONTACT)
    forward = 1.5 * np.where(supported, np.clip(x_velocity, -1.0, 3.0), np.minimum(x_velocity, 0.0))
    alive = 0.6 * np.ones_like(pitch)
    lean = -0.6 * np.square(pitch)
    soft = -0.0004 * np.maximum(impact - 700.0, 0.0)
    stops = -0.1 * np.sum(np.maximum(joint_limit_proximity - 1.0, 0.0), axis=-1)
    effort = -0.003 * np.sum(np.square(action), axis=-1)
    reward = forward + alive + lean + soft + stops + effort
    parts = {"forward": forward, "alive": alive, "lean": lean, "soft": soft, "stops": stops}
    return reward, {**parts, "effort": effort}
