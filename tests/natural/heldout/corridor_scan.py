import numpy as np

N_BEAMS = 16
ANGLES = np.linspace(-np.pi, np.pi, N_BEAMS, endpoint=False)
FRONT = np.abs(ANGLES) < np.pi / 4
WEIGHTS = np.ones(N_BEAMS) + 2.0 * FRONT


def compute_reward(lidar, goal_vector, speed):
    danger = np.clip(1.0 - lidar / 0.8, 0.0, None)
    weighted = (danger * WEIGHTS).sum(axis=-1) / WEIGHTS.sum()
    collision = np.any(lidar < 0.05, axis=-1)
    goal_distance = np.hypot(goal_vector[:, 0], goal_vector[:, 1])
    bearing = np.arctan2(goal_vector[:, 1], goal_vector[:, 0])

    reward = speed * np.cos(bearing) - 2.0 * weighted
    reward = np.where(collision, reward - 10.0, reward)
    reward[goal_distance < 0.5] += 20.0
    return reward, {"danger": -2.0 * weighted, "heading": np.cos(bearing), "collision": -10.0 * collision}
