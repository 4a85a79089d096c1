"""Written by a language model in the same recorded search: a rewrite that the search left behind.

Reply 1-00 of `benchmarks/data/replies/half_cheetah_backflip_1M.jsonl`. It is more careful than its parent: a
touch of torso or head spoils the rest of the turn.
"""

import numpy as np

TURN_SCALE = 0.3  # rad per step, 6 rad/s
CLEAR_INVERTED = 0.4  # m, clearance of a good flight upside down
TOUCH_HEIGHT = 0.1  # m
TOUCH = 0.02  # m, clearance that spoils the turn
STAND_CLEARANCE = 0.2  # m
FOOT_CONTACT = 0.05  # m
SPOILT_PAY = 0.2  # share that a spoilt turn still earns
IMPACT_FREE = 500.0  # N
IMPACT_SCALE = 700.0  # N

MEMORY = {"spoilt": 0.0}


def compute_reward(
    pitch,
    prev_pitch,
    upright,
    body_clearance,
    back_foot_height,
    front_foot_height,
    impact,
    action,
    memory,
):
    """Backward turning, worth most upside down and high; a touch spoils the rest of the turn."""
    inverted = 0.5 * (1.0 - upright)
    clear = np.clip(body_clearance / CLEAR_INVERTED, 0.0, 1.2)
    near = np.clip(1.0 - body_clearance / TOUCH_HEIGHT, 0.0, 1.0)
    turned = np.clip((prev_pitch - pitch) / TURN_SCALE, -2.5, 2.5)
    gained = np.maximum(turned, 0.0)

    lowest_foot = np.minimum(back_foot_height, front_foot_height)
    standing = np.logical_and(
        np.logical_and(upright > 0.7, body_clearance > STAND_CLEARANCE),
        lowest_foot < FOOT_CONTACT,
    )
    spoilt = np.maximum(memory["spoilt"], np.where(body_clearance < TOUCH, 1.0, 0.0))
    share = 1.0 - (1.0 - SPOILT_PAY) * spoilt

    backward = 0.5 * np.where(turned > 0.0, turned * (1.0 - 0.8 * near), 1.6 * turned)
    over_the_top = 2.0 * gained * inverted * clear * share
    touch = -0.2 * near
    hard_landing = -0.15 * np.clip((impact - IMPACT_FREE) / IMPACT_SCALE, 0.0, 2.0)
    effort = -0.01 * np.sum(np.square(action), axis=-1)
    reward = backward + over_the_top + touch + hard_landing + effort
    new_spoilt = np.where(standing, 0.0 * spoilt, spoilt)
    return (
        reward,
        {
            "backward": backward,
            "over_the_top": over_the_top,
            "touch": touch,
            "hard_landing": hard_landing,
            "effort": effort,
        },
        {"spoilt": new_spoilt},
    )
