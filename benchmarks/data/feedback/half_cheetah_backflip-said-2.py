import numpy as np

TURN = 2.0 * np.pi
STEP_ANGLE = 0.25       # rad in a control step, 5 rad/s
STEP_MAX = 0.6          # rad
TOUCH = 0.02            # m
FOOT_DOWN = 0.02        # m
LEVEL = 0.7072
HOLD_STEPS = 5.0
ENOUGH = 1.1 * TURN
CLEAR_SCALE = 0.6       # m
FORCE_SCALE = 500.0     # N
WEIGHT = 137.0          # N
FOOT_SCALE = 0.25       # m
HIT_SCALE = 2.0
WAIT_COST = 0.06

MEMORY = {"ref": 0.0, "clean": 1.0, "hold": 0.0, "record": 0.0, "reached": 0.0,
          "hit": 0.0, "flips": 0.0}


def ramp(progress, start, end):
    return np.clip((progress - start) / (end - start), 0.0, 1.0)


def compute_reward(pitch, prev_pitch, pitch_velocity, z_velocity, prev_z_velocity, upright,
                   body_clearance, back_foot_height, front_foot_height,
                   joint_limit_proximity, impact, progress, memory):
    """Turn over soon, then high and clean, then gently onto the feet, then again."""
    ref = memory["ref"]
    angle = ref - pitch
    fresh = np.where(angle > memory["record"], 1.0, 0.0)
    record = np.maximum(memory["record"], angle)
    strict = ramp(progress, 0.1, 0.45)
    again = 1.0 + 0.25 * np.minimum(memory["flips"], 2.0)

    touching = np.where(body_clearance < TOUCH, 1.0, 0.0)
    clean = memory["clean"] * (1.0 - touching)
    onset = memory["clean"] - clean

    foot_low = np.minimum(back_foot_height, front_foot_height)
    standing = (foot_low < FOOT_DOWN) & (upright > LEVEL) & (body_clearance > 0.1)
    hold = np.where(standing, np.minimum(memory["hold"] + 1.0, HOLD_STEPS), 0.0)
    landed = hold >= HOLD_STEPS
    turns = np.rint(angle / TURN)
    whole = turns >= 1.0

    # signed backward angle, worth most inverted and high; waiting on the feet costs
    open_turn = np.where(angle < ENOUGH, 1.0, 0.0)
    step = open_turn * np.clip(prev_pitch - pitch, -STEP_MAX, STEP_MAX) / STEP_ANGLE
    clearance = np.clip(body_clearance / CLEAR_SCALE, 0.0, 1.5)
    inverted = 0.5 * (1.0 - upright)
    share = np.where(clean > 0.5, 0.9 + 1.5 * fresh * inverted * clearance, 0.45)
    waiting = np.where(landed & (memory["hold"] >= HOLD_STEPS), 1.0, 0.0)
    spin = again * np.where(step > 0.0, share * step, step) - WAIT_COST * waiting

    # take-off: upward and backward at once; later in the training for new angle only
    up = np.clip(z_velocity / 2.0, 0.0, 1.5)
    back = np.clip(-pitch_velocity / 4.0, 0.0, 2.0)
    early = np.where((angle > -0.4) & (angle < 2.5), 1.0, 0.0)
    new = np.maximum(fresh, 1.0 - ramp(progress, 0.2, 0.35))
    launch = 0.6 * new * clean * early * up * back

    # safety: hits from 500 N (push-off from 1000 N), torso or head on the ground
    rising = (prev_z_velocity > 0.3) & (touching < 0.5)
    hard = np.clip((impact - np.where(rising, 1000.0, 500.0)) / FORCE_SCALE, 0.0, 6.0)
    hit = np.maximum(0.85 * memory["hit"], hard)
    soft = (0.3 + 0.9 * strict) * (-(0.25 * hard + 0.15 * np.square(hard))
                                   - 2.0 * onset - touching * (0.03 + 0.4 * hard))

    # approach and stop on the feet after a clean turn; only growth is paid
    late = np.clip((angle / TURN - 0.6) / 0.3, 0.0, 1.0)
    foot_near = np.exp(-np.maximum(foot_low, 0.0) / FOOT_SCALE)
    ready = late * foot_near * np.clip(upright, 0.0, 1.0)
    quality = clean * (0.4 * ready + np.where(whole, 0.6 * hold / HOLD_STEPS, 0.0))
    reached = np.maximum(memory["reached"], quality)
    gentle = 0.3 + 0.7 * np.exp(-hit / HIT_SCALE)
    clean_stop = np.where(landed & whole & (clean > 0.5), 1.0, 0.0)
    dirty_stop = np.where(landed & whole & (clean < 0.5), 1.0, 0.0)
    landing = 6.0 * (reached - memory["reached"]) + 8.0 * gentle * clean_stop + dirty_stop

    # manner: legs away from their stops at touchdown and stop
    stiff = np.clip(0.25 * (joint_limit_proximity[:, 0] + joint_limit_proximity[:, 1]
                            + joint_limit_proximity[:, 3] + joint_limit_proximity[:, 4]), 0.0, 1.0)
    load = np.clip(-prev_z_velocity / 0.5, 0.0, 1.0) * np.clip((impact - WEIGHT) / FORCE_SCALE, 0.0, 2.0)
    bend = 2.0 * (reached - memory["reached"]) * (1.0 - stiff) - 0.15 * load * stiff

    done = landed & whole
    new_ref = np.where(landed, ref - TURN * turns, ref)
    new_clean = np.where(landed, 1.0, clean)
    new_record = np.where(done, 0.0, record)
    new_reached = np.where(done, 0.0, reached)

    reward = spin + launch + landing + soft + bend
    parts = {"spin": spin, "launch": launch, "landing": landing, "soft": soft, "bend": bend}
    return reward, parts, {"ref": new_ref, "clean": new_clean, "hold": hold, "record": new_record,
                           "reached": new_reached, "hit": hit, "flips": memory["flips"] + clean_stop}
