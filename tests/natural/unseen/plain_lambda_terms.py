import numpy as np

kernel = lambda d, s: np.exp(-((d / s) ** 2))  # noqa: E731


def compute_reward(ee_pos, obj_pos, grip_force):
    d = np.sqrt(((ee_pos - obj_pos) ** 2).sum(-1))
    reach = kernel(d, 0.2)
    balance = kernel(grip_force[:, 0] - grip_force[:, 1], 2.0)
    near = d < 0.25
    squeeze = near * np.clip(grip_force.mean(axis=-1), 0, 5) / 5
    parts = {"reach": reach, "balance": balance * 0.2, "squeeze": squeeze}
    return np.stack([*parts.values()]).sum(axis=0), parts
