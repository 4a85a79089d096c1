"""Half cheetah, running backwards: signals of half_cheetah; backward velocity on its feet as fitness."""

from __future__ import annotations

import numpy as np


def fitness_step(signals):
    """Backward velocity; upside down, or with torso or head on the ground, only going forward counts."""
    velocity = -signals["x_velocity"]
    on_its_feet = (signals["upright"] > 0.0) & (signals["body_clearance"] > 0.01)
    return np.where(on_its_feet, velocity, np.minimum(velocity, 0.0))


def events(signals):
    return {
        "it is upside down": signals["upright"] < 0.0,
        "torso or head is on the ground": signals["body_clearance"] < 0.01,
    }
