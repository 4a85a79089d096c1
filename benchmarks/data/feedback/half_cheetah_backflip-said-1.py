import numpy as np

TWO_PI = 2.0 * np.pi
TURN_PAY = 5.0          # per rad
RAMP_END = 0.4          # share of training at which the weights are final
LOW = 0.2               # m, clearance for full pay
FLOOR_SHARE = 0.5
TOUCH = 0.03            # m
SETTLE = 5.0            # steps
LAND_PAY = 6.0          # per step of stance after a new turn
FREE_FORCE = 350.0      # N
FORCE_SCALE = 600.0     # N
BEND_PAY = 1.0          # per rad of folding

MEMORY = {"turns": 0.0, "stood": 0.0, "given": 0.0, "bumped": 0.0,
          "peak": 0.0, "air": 0.0, "window": 0.0}


def compute_reward(pitch, prev_pitch, pitch_velocity, z_velocity,
                   prev_z_velocity, upright, body_clearance,
                   prev_body_clearance, back_foot_height, front_foot_height,
                   joint_angles, prev_joint_angles, impact, progress, memory):
    """First any backward turn, then clean flips that settle on the feet."""
    ramp = np.clip(progress / RAMP_END, 0.0, 1.0)
    lowest_foot = np.minimum(back_foot_height, front_foot_height)
    foot = lowest_foot < 0.02
    flying = (lowest_foot > 0.04) & (body_clearance > 0.05)

    # turning backwards
    back = np.clip(prev_pitch - pitch, -0.8, 0.8)
    clear = np.clip(body_clearance / LOW, 0.0, 1.0)
    share = FLOOR_SHARE + (1.0 - FLOOR_SHARE) * clear
    turn = TURN_PAY * np.where(back > 0.0, back * share, back)

    # take-off: rise and spin together, not when inverted
    rise = np.clip(z_velocity / 2.0, 0.0, 1.5)
    spin = np.clip(-pitch_velocity / 5.0, 0.0, 3.0)
    takeoff = 0.6 * rise * spin * clear * np.clip(upright + 0.3, 0.0, 1.0)

    # landing on the feet, worth more the softer it was
    touching = np.where(body_clearance < TOUCH, 1.0, 0.0)
    bumped = np.maximum(memory["bumped"], touching)
    peak = np.where(flying, 0.0, np.maximum(memory["peak"], impact))
    gentle = np.exp(-np.clip(peak - FREE_FORCE, 0.0, 4000.0) / 800.0)
    whole = np.rint(-pitch / TWO_PI)
    new = whole > memory["turns"]
    stance = foot & (upright > 0.73) & (body_clearance > 0.12)
    stood = np.where(stance, np.minimum(memory["stood"] + 1.0, SETTLE), 0.0)
    owed = stance & new & (stood > memory["given"])
    bump_share = 0.4 - 0.3 * ramp
    quality = np.where(bumped > 0.5, bump_share, 1.0) * (0.3 + 0.7 * gentle)
    land = np.where(owed, LAND_PAY * quality, 0.0)
    given = np.where(owed, stood, memory["given"])
    complete = stance & (stood >= SETTLE)
    turns = np.where(complete, np.maximum(memory["turns"], whole), memory["turns"])
    given = np.where(complete, 0.0, given)
    bumped = np.where(complete, 0.0, bumped)

    # manner: knees fold (back shin up, front shin up) just after a flight
    air = np.where(flying, np.minimum(memory["air"] + 1.0, 20.0), 0.0)
    window = np.where(foot & (memory["air"] >= 3.0), 5.0,
                      np.maximum(memory["window"] - 1.0, 0.0))
    fold = (np.clip(joint_angles[:, 1] - prev_joint_angles[:, 1], 0.0, 0.5)
            + np.clip(prev_joint_angles[:, 4] - joint_angles[:, 4], 0.0, 0.5))
    giving = foot & (window > 0.0) & (upright > 0.6) & (body_clearance > 0.12)
    bend = np.where(giving, BEND_PAY * fold * np.where(new, 1.0, 0.2), 0.0)

    # safety: the body's coming down, once, and hard forces in coming down
    onset = touching * np.where(prev_body_clearance >= TOUCH, 1.0, 0.0)
    hit = np.clip(impact / 1000.0, 0.0, 2.0)
    inverted = np.where(upright < 0.0, 1.0, 0.0)
    fall = onset * (0.6 + 0.6 * ramp) * (1.0 + inverted) * (0.5 + hit)
    coming_down = np.clip(-prev_z_velocity / 0.5, 0.0, 1.0)
    hard = (0.5 + 0.5 * ramp) * coming_down * np.clip(
        (impact - FREE_FORCE) / FORCE_SCALE, 0.0, 5.0)
    safe = -fall - hard - 0.03 * touching

    reward = turn + takeoff + land + bend + safe
    components = {"turn": turn, "takeoff": takeoff, "land": land,
                  "bend": bend, "safe": safe}
    return reward, components, {"turns": turns, "stood": stood,
                                "given": given, "bumped": bumped,
                                "peak": peak, "air": air, "window": window}
