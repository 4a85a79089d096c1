import numpy as np

FPS, SCALE, MOTORS_TORQUE = 50, 30.0, 80


def compute_reward(hull_angle, hull_x, prev_hull_x, action):
    shaping = 130 * hull_x / SCALE
    prev_shaping = 130 * prev_hull_x / SCALE
    shaping -= 5.0 * abs(hull_angle)

    reward = shaping - prev_shaping
    energy = 0.0
    for a in action:
        energy += 0.00035 * MOTORS_TORQUE * np.clip(np.abs(a), 0, 1)
    reward -= energy
    if hull_x < 0:
        reward = -100
    return reward, {"shaping": shaping - prev_shaping, "energy": -energy}
