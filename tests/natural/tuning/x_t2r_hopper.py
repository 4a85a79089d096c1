import numpy as np


def compute_reward(obs, vel, action, qpos):
    """Move forward as fast as possible."""
    forward_reward = np.clip(vel, 0, 3)
    angle_limit = 0.5
    torso_angle = obs[1]
    healthy_z = obs[0] > -0.5
    healthy_angle = abs(torso_angle) < angle_limit
    healthy_reward = 1.0 if healthy_z and healthy_angle else -1.0
    smooth = 0
    for i in range(len(action) - 1):
        smooth += abs(action[i + 1] - action[i])
    control_penalty = 0.1 * np.sum(np.square(action), axis=None)
    penalties = [0.05 * smooth, control_penalty]
    reward = forward_reward + healthy_reward - sum(penalties)
    reward = np.float32(reward)
    return float(reward), {"forward": forward_reward, "healthy": healthy_reward, "smooth": -penalties[0], "control": -penalties[1]}
