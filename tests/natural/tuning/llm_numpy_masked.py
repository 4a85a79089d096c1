import numpy as np


def compute_reward(height, pitch, speed, action):
    num_envs = height.shape[0]
    reward = np.zeros(num_envs, dtype=np.float32)
    healthy = (height > 0.7) & (np.abs(pitch) < 0.4)
    reward[healthy] = 1.0
    reward[~healthy] = -1.0
    fast = speed > 2.0
    reward[fast] += np.minimum(speed[fast], 3.0) - 2.0
    reward -= 0.001 * np.sum(np.square(action), axis=-1)
    return reward, {"healthy": np.where(healthy, 1.0, -1.0), "control": -0.001 * np.sum(np.square(action), axis=-1)}
