import numpy as np


def compute_reward(fingertip, target, prev_fingertip, action):
    distance = np.linalg.norm(fingertip - target, axis=-1)
    before = np.linalg.norm(prev_fingertip - target, axis=-1)
    near = np.exp(-distance / 0.05)
    progress = 10.0 * (before - distance)
    effort = -0.05 * np.mean(np.square(action), axis=-1)
    return near + progress + effort, {"near": near, "progress": progress, "effort": effort}
