import numpy as np

TURN = 2.0 * np.pi
STEP_TURN = 0.3        # rad per control step, 6 rad/s
SPIN = 1.5             # pay for a step of STEP_TURN
WAITING = 0.45         # share of a radian that waits for the landing, at last
CONTACT = 0.008        # m
TOUCH_SCALE = 0.05     # m
AIR_SCALE = 0.5        # m
LANDING = 8.0
STILL_SPEED = 2.0      # rad/s, of the joints

MEMORY = {"escrow": 0.0, "base_turn": 0.0, "clean": 1.0}


def compute_reward(pitch, prev_pitch, pitch_velocity, upright, joint_velocities,
                   back_foot_height, front_foot_height, body_clearance, impact,
                   progress, memory):
    """Backward radians, partly paid at once, partly when landed untouched on both feet."""
    strict = np.clip((progress - 0.15) / 0.45, 0.0, 1.0)
    contact = body_clearance < CONTACT
    clean = np.where(contact, 0.0, memory["clean"])

    share = WAITING * strict
    clear = 0.75 + 0.25 * np.clip(body_clearance / 0.1, 0.0, 1.0)
    turned = np.clip((prev_pitch - pitch) / STEP_TURN, -3.0, 3.0)
    earned = SPIN * np.where(turned > 0.0, turned * clear, turned)
    spin = np.where(turned > 0.0, (1.0 - share) * earned * (0.8 + 0.2 * clean), earned)

    rate = np.clip(-pitch_velocity / 5.0, 0.0, 2.0)
    over = np.clip(0.5 - 0.5 * upright, 0.0, 1.0)
    air = 0.8 * (1.0 - strict) * rate * over * np.clip(body_clearance / AIR_SCALE, 0.0, 1.5)

    escrow = memory["escrow"] + share * np.maximum(earned, 0.0) * clean
    escrow = np.where(contact, 0.0, np.clip(escrow, 0.0, 30.0))
    feet_down = np.logical_and(back_foot_height < 0.07, front_foot_height < 0.07)
    stand = np.logical_and(np.logical_and(upright > 0.75, feet_down), body_clearance > 0.15)
    turn_now = np.rint(-pitch / TURN)
    flips = np.clip(turn_now - memory["base_turn"], 0.0, 2.0)
    quality = 0.5 + 0.5 * np.clip((upright - 0.75) / 0.2, 0.0, 1.0)
    lump = LANDING * flips * quality * np.maximum(clean, 0.35 * (1.0 - strict))
    landing = np.where(stand, lump + escrow, 0.0)
    escrow = np.where(stand, 0.0, escrow)
    base_turn = np.where(stand, turn_now, memory["base_turn"])
    clean = np.where(stand, 1.0, clean)

    touching = 1.0 - np.clip(body_clearance / TOUCH_SCALE, 0.0, 1.0)
    still = np.exp(-np.mean(np.square(np.clip(joint_velocities, -50.0, 50.0)), axis=-1) / STILL_SPEED ** 2)
    touch = -(0.05 + 0.2 * strict) * touching * (1.0 + still)
    hard = -(0.1 + 0.3 * strict) * np.clip((impact - 500.0) / 700.0, 0.0, 4.0)

    reward = spin + air + landing + touch + hard
    parts = {"spin": spin, "air": air, "landing": landing, "touch": touch, "hard": hard}
    return reward, parts, {"escrow": escrow, "base_turn": base_turn, "clean": clean}
