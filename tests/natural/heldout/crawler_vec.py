import numpy as np


def compute_reward(torso_pos, prev_torso_pos, contact_forces, action, dt=0.05):
    xy_velocity = (torso_pos[:, :2] - prev_torso_pos[:, :2]) / dt
    x_velocity, y_velocity = xy_velocity[:, 0], xy_velocity[:, 1]

    reward = x_velocity.copy()
    healthy = (torso_pos[:, 2] >= 0.2) & (torso_pos[:, 2] <= 1.0)
    reward += healthy * 1.0
    ctrl_cost = 0.5 * np.square(action).sum(axis=1)
    clipped = np.clip(contact_forces, -1.0, 1.0)
    contact_cost = 5e-4 * np.square(clipped).sum(axis=(1, 2))
    reward -= ctrl_cost
    reward -= contact_cost
    return reward, {
        "forward": x_velocity,
        "survive": healthy.astype(np.float32),
        "ctrl": -ctrl_cost,
        "contact": -contact_cost,
    }
