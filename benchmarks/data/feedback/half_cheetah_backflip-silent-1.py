import numpy as np

TWO_PI = 2.0 * np.pi
DEPTH_PAY = 4.0         # per rad of new depth, at slow speed
SPEED_SCALE = 6.0       # rad/s
CLEAR_SCALE = 0.3       # m
FLOOR_SHARE = 0.35
LAND_PAY = 6.0          # per step of stance after a new turn
STANCE_STEPS = 5.0
FREE_FORCE = 500.0      # N
FORCE_SCALE = 1000.0    # N

MEMORY = {"deepest": 0.0, "turns": 0.0, "stood": 0.0, "given": 0.0,
          "bumped": 0.0}


def compute_reward(pitch, prev_pitch, upright, body_clearance,
                   prev_body_clearance, back_foot_height, front_foot_height,
                   impact, memory):
    """Pay new depth of turning, fast and high, then the landing."""
    # new depth of the backward turn
    depth = -pitch
    deepest = np.maximum(memory["deepest"], depth)
    new = np.clip(deepest - memory["deepest"], 0.0, 0.8)
    speed = np.clip((prev_pitch - pitch) / 0.05 / SPEED_SCALE, 0.0, 2.0)
    clear = np.clip(body_clearance / CLEAR_SCALE, 0.0, 1.0)
    share = FLOOR_SHARE + (1.0 - FLOOR_SHARE) * clear
    late = np.where(np.sin(pitch) > 0.0, 2.0, 1.0)   # from the back on to the feet
    turn = np.minimum(DEPTH_PAY * new * (0.5 + speed) * share * late, 8.0)

    # landing
    touching = body_clearance < 0.03
    bumped = np.maximum(memory["bumped"], np.where(touching, 1.0, 0.0))
    whole = np.rint(-pitch / TWO_PI)
    foot = np.minimum(back_foot_height, front_foot_height) < 0.02
    stance = foot & (upright > 0.73) & (body_clearance > 0.12)
    stood = np.where(stance, np.minimum(memory["stood"] + 1.0, STANCE_STEPS), 0.0)
    owed = stance & (whole > memory["turns"]) & (stood > memory["given"])
    quality = np.where(bumped > 0.5, 0.15, 1.0)
    land = np.where(owed, LAND_PAY * quality, 0.0)
    given = np.where(owed, stood, memory["given"])
    complete = stance & (stood >= STANCE_STEPS)
    turns = np.where(complete, np.maximum(memory["turns"], whole), memory["turns"])
    given = np.where(complete, 0.0, given)
    bumped = np.where(complete, 0.0, bumped)

    # safety
    first_touch = np.where(touching & (prev_body_clearance >= 0.03), 1.0, 0.0)
    hit = np.clip(impact / FORCE_SCALE, 0.0, 2.0)
    inverted = np.where(upright < 0.0, 1.0, 0.0)
    contact = (-first_touch * (0.3 + (0.6 + 0.6 * inverted) * hit)
               - np.where(touching, 0.03, 0.0))
    soft = -0.6 * np.clip((impact - FREE_FORCE) / FORCE_SCALE, 0.0, 3.0)

    reward = turn + land + contact + soft
    components = {"turn": turn, "land": land, "contact": contact, "soft": soft}
    return reward, components, {"deepest": deepest, "turns": turns,
                                "stood": stood, "given": given,
                                "bumped": bumped}
