"""Half cheetah, backflips: signals of half_cheetah; whole turns backwards that were landed as fitness."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.scoring import landed_turns

LANDING_STEPS = 4
"""0.2 s on the feet make a landing."""


def fitness_episode(signals):
    """Backflips from stand to stand: turned by the accumulated pitch, void after a fall on the way."""
    turned = (signals["prev_pitch"][0] - signals["pitch"]) / (2.0 * np.pi)
    fallen = signals["body_clearance"] < 0.01
    on_feet = np.minimum(signals["back_foot_height"], signals["front_foot_height"]) < 0.03
    standing = on_feet & (signals["upright"] > 0.7) & (signals["body_clearance"] > 0.1)
    return landed_turns(turned, ~fallen, standing, hold=LANDING_STEPS)


def events(signals):
    return {
        "it is upside down": signals["upright"] < 0.0,
        "torso or head is on the ground": signals["body_clearance"] < 0.01,
    }
