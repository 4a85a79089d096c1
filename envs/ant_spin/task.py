"""Ant, turning on the spot: signals of ant; net turns near the start as fitness."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.bodies import wrapped

REACH_M = 1.0


def fitness_step(signals):
    """Turns of the step by the change of heading; away or tilted only turning back counts."""
    # Not the angular velocity: shaking in step with the clock would look like turning.
    turn = wrapped(signals["heading"] - signals["prev_heading"]) / (2.0 * np.pi)
    near = np.hypot(signals["x_position"], signals["y_position"]) < REACH_M
    return np.where(near & (signals["upright"] > 0.7), turn, np.minimum(turn, 0.0))


def events(signals):
    return {
        "the torso came too low": signals["height"] < 0.2,
        "the torso came too high": signals["height"] > 1.0,
    }
