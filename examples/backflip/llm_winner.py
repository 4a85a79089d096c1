"""Written by a language model in a recorded search: the winner. After a million steps: 2.84 flips.

Reply 2-00 of `benchmarks/data/replies/half_cheetah_backflip_1M.jsonl`; on the same 5 fresh seeds as the one
by hand (docs/tasks.md). It is the task's reference today.
"""

import numpy as np

TURN_SCALE = 0.3  # rad per step, 6 rad/s
CLEAR_INVERTED = 0.4  # m, clearance of a good flight upside down
TOUCH_HEIGHT = 0.1  # m
IMPACT_FREE = 600.0  # N
IMPACT_SCALE = 700.0  # N


def compute_reward(pitch, prev_pitch, upright, body_clearance, impact, action):
    """Signed backward turning, worth most upside down and high; trying costs nothing."""
    inverted = 0.5 * (1.0 - upright)
    clear = np.clip(body_clearance / CLEAR_INVERTED, 0.0, 1.2)
    near = np.clip(1.0 - body_clearance / TOUCH_HEIGHT, 0.0, 1.0)
    turned = np.clip((prev_pitch - pitch) / TURN_SCALE, -2.5, 2.5)
    gained = np.maximum(turned, 0.0)
    backward = 0.5 * turned
    over_the_top = 2.0 * turned * inverted * clear
    touch = -near * (0.05 + 0.4 * gained)
    hard_landing = -0.1 * np.clip((impact - IMPACT_FREE) / IMPACT_SCALE, 0.0, 2.0)
    effort = -0.002 * np.sum(np.square(action), axis=-1)
    reward = backward + over_the_top + touch + hard_landing + effort
    return reward, {
        "backward": backward,
        "over_the_top": over_the_top,
        "touch": touch,
        "hard_landing": hard_landing,
        "effort": effort,
    }
