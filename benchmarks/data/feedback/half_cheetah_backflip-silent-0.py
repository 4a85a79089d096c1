import numpy as np

TWO_PI = 2.0 * np.pi
GRAVITY = 9.81
ENERGY_LOW = 0.45       # m, energy height (height + v^2 / 2g) that pays least
ENERGY_SPAN = 0.6       # m
SPIN_SCALE = 6.0        # rad/s
NEW_TURN_PAY = 1.5
CONVEX = 0.15           # 1/rad, later radians are worth more
GUIDE_PAY = 0.3         # per rad, signed, first part of the turn
FALLEN_COST = 0.03      # a step
IDLE_COST = 0.015       # a step of standing on after the hold
TOUCH = 0.02            # m
STAND_CLEARANCE = 0.1   # m
STAND_UPRIGHT = 0.72    # cosine
FOOT_CONTACT = 0.015    # m
HOLD = 5.0              # control steps
IMPACT_FREE = 700.0     # N
IMPACT_SCALE = 1000.0   # N
SOFT_FORCE = 2500.0     # N

MEMORY = {"base": 0.0, "best": 0.0, "spoiled": 0.0, "hold": 0.0,
          "best_hold": 0.0, "peak": 0.0}


def worth(turn):
    return NEW_TURN_PAY * (turn + CONVEX * np.square(turn))


def compute_reward(pitch, prev_pitch, pitch_velocity, height, z_velocity, upright, prev_upright,
                   body_clearance, back_foot_height, front_foot_height, impact,
                   progress, memory):
    """New clean backward turn priced by flight energy and spin; a soft stand; then the next."""
    base = memory["base"]
    was_spoiled = memory["spoiled"] > 0.5
    touching = body_clearance < TOUCH
    spoiled = np.logical_or(was_spoiled, touching)
    clean = np.logical_not(spoiled)
    turn = -pitch - base

    # Turn: new clean radians only.
    reached = np.where(clean, np.clip(turn, 0.0, TWO_PI), 0.0)
    best = np.maximum(memory["best"], reached)
    energy = height + np.square(np.clip(z_velocity, -5.0, 5.0)) / (2.0 * GRAVITY)
    high = np.clip((energy - ENERGY_LOW) / ENERGY_SPAN, 0.0, 1.0)
    fast = np.clip(-pitch_velocity / SPIN_SCALE, 0.0, 1.0)
    price = 0.25 + 0.5 * high + 0.5 * high * fast
    new_turn = price * (worth(best) - worth(memory["best"]))

    # Direction from the first moves on: signed, so rocking sums to zero.
    step = np.clip(prev_pitch - pitch, -1.0, 1.0)
    forward_part = np.minimum(step, 0.0)
    guided = np.logical_and(turn > -1.0, turn < 2.5)
    guide = GUIDE_PAY * np.where(guided, np.where(clean, step, forward_part), 0.0)
    backward = new_turn + guide

    # After a touch: only getting up again is worth something.
    getting_up = np.where(was_spoiled, 0.3 * (upright - prev_upright), 0.0)

    # Safety: torso and head off the ground, at any moment of the turn.
    ramp = 0.3 + 0.7 * np.clip(progress / 0.5, 0.0, 1.0)
    first = np.logical_and(touching, np.logical_not(was_spoiled))
    on_body = (getting_up - ramp * np.where(first, 1.2, 0.0)
               - np.where(spoiled, FALLEN_COST, 0.0))

    # Stand after a whole clean turn.
    foot_down = np.minimum(back_foot_height, front_foot_height) < FOOT_CONTACT
    stand = np.logical_and(np.logical_and(foot_down, upright > STAND_UPRIGHT),
                           body_clearance > STAND_CLEARANCE)
    hold = np.minimum(np.where(stand, memory["hold"] + 1.0, 0.0), HOLD)
    landed = hold >= HOLD
    turns = np.round(turn / TWO_PI)
    success = np.logical_and(turns > 0.5, clean)
    peak = np.where(turn > np.pi, np.maximum(memory["peak"], impact), 0.0)
    soft = 0.3 + 0.7 / (1.0 + np.square(peak / SOFT_FORCE))
    best_hold = np.maximum(memory["best_hold"],
                           np.where(np.logical_and(stand, success), hold, 0.0))
    landing = soft * (1.0 * (best_hold - memory["best_hold"])
                      + np.where(np.logical_and(landed, success), 7.0, 0.0))

    # Standing on after the hold: time for the next one.
    idle = np.where(np.logical_and(landed, memory["hold"] >= HOLD), -IDLE_COST, 0.0)

    # Safety: soft forces.
    hard = -0.1 * np.clip((impact - IMPACT_FREE) / IMPACT_SCALE, 0.0, 4.0)

    shifted = np.logical_and(landed, np.abs(turns) > 0.5)
    state = {
        "base": np.where(landed, base + TWO_PI * turns, base),
        "best": np.where(shifted, np.clip(turn - TWO_PI * turns, 0.0, TWO_PI), best),
        "spoiled": np.where(landed, 0.0, np.where(spoiled, 1.0, 0.0)),
        "hold": hold,
        "best_hold": np.where(landed, 0.0, best_hold),
        "peak": np.where(landed, 0.0, peak),
    }
    reward = backward + landing + idle + on_body + hard
    parts = {"backward": backward, "landing": landing, "idle": idle,
             "on_body": on_body, "hard": hard}
    return reward, parts, state
