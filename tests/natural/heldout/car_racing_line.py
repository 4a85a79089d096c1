import numpy as np

LOOKAHEAD = np.arange(1, 6)
DECAY = 0.7 ** np.arange(5)


def compute_reward(cross_track, heading_error, speed, curvature, steer, prev_steer, gear):
    upcoming = np.sum(np.abs(curvature) * DECAY, axis=1) / DECAY.sum()
    safe_speed = np.sqrt(4.0 / (upcoming + 0.01))
    conditions = [speed > 1.2 * safe_speed, speed > safe_speed, speed > 0.5 * safe_speed]
    choices = [-1.0 * np.ones_like(speed), np.full_like(speed, 0.2), np.ones_like(speed)]
    pace = np.select(conditions, choices, default=0.0)

    progress = speed * np.cos(heading_error) / 30.0
    mask = np.abs(cross_track) > 2.0
    progress[mask] *= 0.1
    jerk = np.abs(steer - prev_steer)
    late = (gear == 5).astype("float32") * 0.05
    reward = progress + 0.5 * pace - 0.2 * jerk - 0.1 * cross_track**2 + late
    reward = np.clip(reward, a_min=-2.0, a_max=2.0)
    return reward, {"progress": progress, "pace": 0.5 * pace, "jerk": -0.2 * jerk, "late": late}
