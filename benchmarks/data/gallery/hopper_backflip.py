import numpy as np

MEMORY = {"clean": 1.0, "level": 0.0, "footed": 0.0, "best": 0.0}

TURN = 2.0 * np.pi
SPIN_W = 0.06        # per rad/s and step
CLEAR_SCALE = 0.25   # m
TOUCH = 0.02         # m
SOFT_FORCE = 700.0   # N
FORCE_SCALE = 800.0  # N
REACH_W = 25.0


def compute_reward(height, pitch, pitch_velocity, upright, joint_velocities,
                   foot_height, body_clearance, impact, action, memory):
    clean0 = memory["clean"]
    level0 = memory["level"]
    footed0 = memory["footed"]
    best0 = memory["best"]

    turned = -pitch
    phase = turned / TURN - level0
    touch = np.where(body_clearance < TOUCH, 1.0, 0.0)
    standing = np.where((upright > 0.75) & (foot_height < 0.04) & (body_clearance > 0.3), 1.0, 0.0)
    alive = (clean0 > 0.5) & (touch < 0.5)

    # spin, faded out at the whole turn
    back = np.clip(-pitch_velocity, -12.0, 12.0)
    power = np.clip(np.sum(action * np.clip(joint_velocities, -12.0, 12.0), axis=-1), -8.0, 20.0)
    kick = np.clip(1.0 - foot_height / 0.15, 0.0, 1.0)
    gate = np.clip(body_clearance / CLEAR_SCALE, 0.0, 1.0) * clean0
    vigour = np.clip(0.7 + 0.5 * np.clip(height, 0.0, 2.0) + 0.06 * power * kick, 0.2, 3.0)
    room = np.clip((1.0 - phase) / 0.15, 0.0, 1.0)
    over = np.where(phase > 1.06, np.maximum(back, 0.0), 0.0) * clean0
    spin = SPIN_W * (np.where(back > 0.0, back * vigour * gate * room, 1.8 * back * clean0 * np.where(phase < 0.9, 1.0, 0.0)) - over)

    # reach: bring the foot under the body in the second half, new records only
    late = np.clip((phase - 0.45) / 0.4, 0.0, 1.0) * np.where(phase < 1.15, 1.0, 0.0)
    below = np.clip((height - foot_height + 0.5) / 1.5, 0.0, 1.0)
    state = np.where(alive, late * below * (0.5 + 0.5 * upright) * np.clip(body_clearance / 0.2, 0.0, 1.0), 0.0)
    best = np.maximum(best0, state)
    reach = REACH_W * (best - best0)

    # landing in two steps, each once a turn
    foot_first = np.where(alive & (phase > 0.82) & (phase < 1.15) & (upright > 0.3) & (foot_height < 0.04)
                          & (body_clearance > 0.1) & (footed0 < level0 + 0.5), 1.0, 0.0)
    footed = np.where(foot_first > 0.5, level0 + 1.0, footed0)
    done = np.floor((turned + 0.6) / TURN)
    landed = np.where((standing > 0.5) & alive & (done > level0), 1.0, 0.0)
    rearm = np.where((standing > 0.5) & (clean0 < 0.5), 1.0, 0.0)
    level = np.where(landed > 0.5, done, level0)
    level = np.where(rearm > 0.5, np.maximum(level0, np.round(turned / TURN)), level)
    best = np.where((landed > 0.5) | (level > level0), 0.0, best)
    clean = np.where(touch > 0.5, 0.0, np.where(rearm > 0.5, 1.0, clean0))
    landing = 10.0 * foot_first + 30.0 * landed + 0.2 * np.clip(level, 0.0, 4.0) * clean * standing

    # safety, and getting up after a touch
    up = np.clip(upright, 0.0, 1.0) * np.clip(height / 1.2, 0.0, 1.0)
    safety = -0.15 * (1.0 - clean) * (1.0 - up)
    safety = safety - 0.5 * np.clip((impact - SOFT_FORCE) / FORCE_SCALE, 0.0, 3.0)
    safety = safety - touch * np.clip(-upright, 0.0, 1.0) * (0.1 + 3.0 * clean0)

    reward = spin + reach + landing + safety
    comps = {"spin": spin, "reach": reach, "landing": landing, "safety": safety}
    return reward, comps, {"clean": clean, "level": level, "footed": footed, "best": best}
