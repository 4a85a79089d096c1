import numpy as np

DT = 0.05
TURN = 2.0 * np.pi
SPIN_SCALE = 5.0       # rad/s
SPIN_MAX = 12.0        # rad/s
TOUCH = 0.02           # m
REST_FORCE = 250.0     # N, lying at rest stays below
FOOT_DOWN = 0.02       # m
LEVEL = 0.7072
HOLD_STEPS = 5.0
ENOUGH = 1.1 * TURN

MEMORY = {"ref": 0.0, "clean": 1.0, "hold": 0.0, "count": 0.0}


def ramp(progress, start, end):
    return np.clip((progress - start) / (end - start), 0.0, 1.0)


def compute_reward(pitch, prev_pitch, pitch_velocity, z_velocity, upright, body_clearance,
                   back_foot_height, front_foot_height, impact, progress, memory):
    """Spin first, then clean spin, then stops on the feet."""
    ref = memory["ref"]
    strict = ramp(progress, 0.3, 0.7)

    touching = np.where(body_clearance < TOUCH, 1.0, 0.0)
    clean = memory["clean"] * (1.0 - touching)
    first_touch = memory["clean"] - clean

    # backward spin; no pay beyond what one flip needs
    rate = np.clip((prev_pitch - pitch) / DT, -SPIN_MAX, SPIN_MAX) / SPIN_SCALE
    open_turn = np.where(ref - pitch < ENOUGH, 1.0, 0.0)
    clear = np.clip(body_clearance / 0.3, 0.0, 1.0)
    dirty_share = 0.9 - 0.3 * strict
    share = np.where(clean > 0.5, 0.5 + 0.5 * clear, dirty_share) * open_turn
    spin = np.where(rate > 0.0, share * rate, rate * open_turn)

    # take-off hint
    up = np.clip(z_velocity / 2.0, 0.0, 1.5)
    back = np.clip(-pitch_velocity / 4.0, 0.0, 1.5)
    early = np.where((ref - pitch > -0.5) & (ref - pitch < 2.5), 1.0, 0.0)
    launch = 0.8 * (1.0 - ramp(progress, 0.25, 0.6)) * up * back * early * clean

    # stop on the feet
    foot_low = np.minimum(back_foot_height, front_foot_height)
    standing = (foot_low < FOOT_DOWN) & (upright > LEVEL) & (body_clearance > 0.1)
    hold = np.where(standing, np.minimum(memory["hold"] + 1.0, HOLD_STEPS), 0.0)
    turns = np.rint((ref - pitch) / TURN)
    flipped = np.where((turns >= 1.0) & (clean > 0.5) & standing, 1.0, 0.0)
    count = np.where(flipped > 0.5, np.maximum(memory["count"], hold), memory["count"])
    landed = hold >= HOLD_STEPS
    final = np.where(landed, 1.0, 0.0) * flipped
    landing = 1.2 * (count - memory["count"]) + 9.0 * final

    # safety
    force = np.clip((impact - REST_FORCE) / 1000.0, 0.0, 3.0)
    hard = np.clip((impact - 700.0) / 1000.0, 0.0, 3.0)
    body_contact = -(0.4 + 0.6 * strict) * (2.0 * first_touch + 0.6 * touching * force)
    soft = -(0.2 + 0.6 * strict) * hard

    new_ref = np.where(landed, ref - TURN * turns, ref)
    new_clean = np.where(landed, 1.0, clean)
    new_count = np.where(landed, 0.0, count)

    reward = spin + launch + landing + body_contact + soft
    parts = {"spin": spin, "launch": launch, "landing": landing,
             "body_contact": body_contact, "soft": soft}
    return reward, parts, {"ref": new_ref, "clean": new_clean, "hold": hold, "count": new_count}
