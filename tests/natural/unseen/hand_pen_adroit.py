import numpy as np


def compute_reward(pen_pos, desired_pos, pen_orien, desired_orien):
    dist = np.linalg.norm(pen_pos - desired_pos)
    orien_similarity = np.dot(pen_orien, desired_orien)
    reward = -dist
    reward += orien_similarity
    bonus = 0.0
    if dist < 0.075 and orien_similarity > 0.9:
        bonus += 10
    if dist < 0.3 and orien_similarity > 0.6:
        bonus += 5
    dropped = -5.0 if pen_pos[2] < -0.2 else 0.0
    reward += bonus + dropped
    return reward, {"position": -dist, "orientation": orien_similarity, "bonus": bonus, "dropped": dropped}
