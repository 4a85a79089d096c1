import numpy as np

TARGET_HEIGHT = 1.0


def compute_reward(z_pos, pitch_vel, x_vel, torques):
    # height while turning over
    height_reward = np.exp(-2.0 * np.square(z_pos - TARGET_HEIGHT))
    flip_reward = -pitch_vel if z_pos > 0.6 else -0.1 * pitch_vel
    control_cost = np.sum(torques * torques)
    drift = abs(x_vel)

    reward = 0
    for weight, value in zip([1.0, 0.8, -0.05, -0.1], [height_reward, flip_reward, control_cost, drift]):
        reward = reward + weight * value
    return reward, {"height": height_reward, "flip": 0.8 * flip_reward, "control": -0.05 * control_cost, "drift": -0.1 * drift}
