import numpy as np

DT = 0.05  # s
UP_ZERO, UP_FULL = 0.1, 0.6  # cosine of pitch
CLEAR_ZERO, CLEAR_FULL = 0.03, 0.15  # m
FALLEN = 0.7
STAMP_FROM = 400.0  # N
STOP_FROM, STOP_WIDTH = 0.8, 0.2


def ramp(x, zero, full):
    return np.clip((x - zero) / (full - zero), 0.0, 1.0)


def compute_reward(x_position, prev_x_position, upright, body_clearance, joint_limit_proximity, impact):
    """Metres gained backwards that count, without banging into stops or the ground."""
    speed = np.clip((prev_x_position - x_position) / DT, -6.0, 12.0)
    counts = ramp(upright, UP_ZERO, UP_FULL) * ramp(body_clearance, CLEAR_ZERO, CLEAR_FULL)
    progress = np.where(speed > 0.0, speed * (0.15 + 0.85 * counts), speed)
    fallen = -FALLEN * (1.0 - counts)
    pushed = np.clip((joint_limit_proximity - STOP_FROM) / STOP_WIDTH, 0.0, 2.0)
    stops = -0.08 * np.sum(np.square(pushed), axis=-1)
    stamp = -0.2 * np.log(np.maximum(impact / STAMP_FROM, 1.0))
    reward = progress + fallen + stops + stamp
    return reward, {"progress": progress, "fallen": fallen, "stops": stops, "stamp": stamp}
