import numpy as np


def compute_reward(angle, prev_angle, angular_velocity, torque):
    lifted = np.cos(angle) - np.cos(prev_angle)
    rise = 20.0 * lifted
    up = np.where(np.abs(angle) < 0.5, 0.5, 0.0)
    still = up * np.exp(-np.square(angular_velocity))
    gentle = -0.002 * np.square(torque)
    reward = rise + up + still + gentle
    return reward, {"rise": rise, "up": up, "still": still, "gentle": gentle}
