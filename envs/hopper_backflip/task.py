"""Hopper, backflips: signals of hopper; whole turns backwards that were landed on the foot as fitness."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.scoring import landed_turns

LANDING_STEPS = 25
"""0.2 s on the foot make a landing."""


def fitness_episode(signals):
    """Backflips from stand to stand: turned by the accumulated pitch, void after a fall on the way."""
    turned = (signals["prev_pitch"][0] - signals["pitch"]) / (2.0 * np.pi)
    fallen = signals["body_clearance"] < 0.01
    standing = (signals["foot_height"] < 0.03) & (signals["upright"] > 0.7) & (signals["height"] > 0.7)
    return landed_turns(turned, ~fallen, standing, hold=LANDING_STEPS)


def events(signals):
    return {
        "it is upside down": signals["upright"] < 0.0,
        "torso or thigh is on the ground": signals["body_clearance"] < 0.01,
    }
