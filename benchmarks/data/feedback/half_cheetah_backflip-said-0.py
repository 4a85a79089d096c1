import numpy as np

TWO_PI = 2.0 * np.pi
GRAVITY = 9.81
LAND_HEIGHT = 0.5       # m, torso height at which feet meet the ground
TOUCH = 0.03            # m
HIGH_SCALE = 0.4        # m
STAND_CLEARANCE = 0.1   # m
STAND_UPRIGHT = 0.72    # cosine
FOOT_CONTACT = 0.012    # m
HOLD = 5.0              # control steps
REAR = 1.6              # rad, turn that rearing alone reaches
SIGNED_PAY = 0.4        # per rad, forth and back
FLIGHT_PAY = 0.4        # per new rad that a flight is about to reach
IMPACT_FREE = 500.0     # N
IMPACT_SCALE = 1000.0   # N
SOFT_FORCE = 2000.0     # N

MEMORY = {"base": 0.0, "best": 0.0, "reach": 0.0, "spoiled": 0.0, "hold": 0.0,
          "best_hold": 0.0, "peak": 0.0}


def compute_reward(pitch, prev_pitch, pitch_velocity, height, z_velocity, prev_z_velocity,
                   upright, body_clearance, back_foot_height, front_foot_height,
                   joint_angles, impact, progress, memory):
    """Signed turn, records of real and coming turn, then a soft stand."""
    base = memory["base"]
    turn = -pitch - base
    touching = body_clearance < TOUCH
    was_spoiled = memory["spoiled"] > 0.5
    spoiled = np.logical_or(was_spoiled, touching)
    clean = np.logical_not(spoiled)
    inverted = np.clip(0.5 - 0.5 * upright, 0.0, 1.0)
    lowest_foot = np.minimum(back_foot_height, front_foot_height)

    # Turn: signed everywhere, new radians by height, most when upside down.
    best = np.maximum(memory["best"], turn)
    gain = np.clip(best - memory["best"], 0.0, 1.5)
    high = np.clip(body_clearance / HIGH_SCALE, 0.0, 1.2)
    price = np.where(clean, 0.2 + high * (0.3 + 1.5 * inverted), 0.15)
    backward = gain * price + SIGNED_PAY * np.clip(prev_pitch - pitch, -1.5, 1.5)

    # Flight: the turn that this jump is about to reach.
    above = np.maximum(height - LAND_HEIGHT, 0.0)
    root = np.sqrt(np.square(z_velocity) + 2.0 * GRAVITY * above + 1e-6)
    time_left = np.clip((z_velocity + root) / GRAVITY, 0.0, 0.8)
    coming = turn + np.clip(-pitch_velocity, 0.0, 12.0) * time_left
    rising = np.logical_and(clean, z_velocity > 0.0)
    reach = np.where(rising, np.clip(np.maximum(memory["reach"], coming), 0.0, TWO_PI),
                     memory["reach"])
    flight = FLIGHT_PAY * (reach - memory["reach"])

    # Stand after a whole clean turn, worth what it is soft.
    stand = np.logical_and(np.logical_and(lowest_foot < FOOT_CONTACT, upright > STAND_UPRIGHT),
                           body_clearance > STAND_CLEARANCE)
    hold = np.minimum(np.where(stand, memory["hold"] + 1.0, 0.0), HOLD)
    landed = hold >= HOLD
    turns = np.round(turn / TWO_PI)
    whole = turns > 0.5
    success = np.logical_and(whole, clean)
    peak = np.where(turn > np.pi, np.maximum(memory["peak"], impact), 0.0)
    soft = 1.0 / (1.0 + np.square(peak / SOFT_FORCE))
    best_hold = np.maximum(memory["best_hold"],
                           np.where(np.logical_and(stand, success), hold, 0.0))
    graded = 0.8 * (best_hold - memory["best_hold"])
    landing = soft * (graded + np.where(np.logical_and(landed, success), 6.0, 0.0))

    # Safety: torso and head off the ground; no hard blows when coming down.
    ramp = 0.25 + 0.75 * np.clip(progress / 0.6, 0.0, 1.0)
    first = np.logical_and(touching, np.logical_not(was_spoiled))
    touch = (np.where(touching, 0.01 + 0.02 * inverted, 0.0)
             + np.where(first, 0.2 + 1.2 * inverted, 0.0))
    falling = np.minimum(z_velocity, prev_z_velocity) < 0.0
    force = np.clip((impact - IMPACT_FREE) / IMPACT_SCALE, 0.0, 2.5)
    safety = -ramp * (touch + force * np.where(falling, 0.5, 0.05))

    # Manner: feet below the body, shins folded, at the end of a turn.
    ending = np.logical_and(np.logical_and(turn > 4.5, turn < 7.1), clean)
    feet_first = np.clip((body_clearance - lowest_foot) / 0.3, 0.0, 1.0)
    bend = 0.5 * (joint_angles[:, 1] / 0.79 - joint_angles[:, 4] / 1.2)
    manner = np.where(ending, 0.08 * feet_first * np.clip(0.5 + 0.5 * bend, 0.0, 1.0), 0.0)

    closed = np.logical_and(landed, whole)
    left = np.maximum(turn - TWO_PI * turns, 0.0)
    state = {
        "base": np.where(closed, base + TWO_PI * turns, base),
        "best": np.where(closed, left, np.where(landed, np.minimum(best, REAR), best)),
        "reach": np.where(closed, left, reach),
        "spoiled": np.where(landed, 0.0, np.where(spoiled, 1.0, 0.0)),
        "hold": hold,
        "best_hold": np.where(landed, 0.0, best_hold),
        "peak": np.where(landed, 0.0, peak),
    }
    reward = backward + flight + landing + safety + manner
    parts = {"backward": backward, "flight": flight, "landing": landing,
             "safety": safety, "manner": manner}
    return reward, parts, state
