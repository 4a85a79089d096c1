import numpy as np


def compute_reward(pelvis_height, forward_velocity, foot_contacts, joint_torques, pitch):
    n = forward_velocity.shape[0]
    reward = np.zeros(n, dtype=np.float32)

    velocity_reward = np.exp(-((forward_velocity - 1.5) ** 2) / 0.5)
    reward += 2.0 * velocity_reward

    posture = np.cos(pitch)
    reward += 0.5 * posture

    # exactly one foot on the ground is a good gait
    single_support = np.logical_xor(foot_contacts[:, 0], foot_contacts[:, 1])
    reward[single_support] += 0.3

    effort = np.mean(np.abs(joint_torques), axis=1)
    reward -= 0.005 * effort

    fallen = pelvis_height < 0.5
    reward[fallen] = -1.0
    return reward, {"velocity": 2.0 * velocity_reward, "posture": 0.5 * posture, "effort": -0.005 * effort}
