import numpy as np

gaussian = lambda x, s=0.5: np.exp(-(x**2) / (2 * s**2))


def compute_reward(err, vel):
    weight = 0.3
    scaled = lambda x: weight * np.linalg.norm(x)
    near = gaussian(np.linalg.norm(err), s=0.4)
    slow = gaussian(scaled(vel))
    return near * slow, {"near": near, "slow": slow}
