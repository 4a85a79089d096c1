"""Humanoid on one leg: signals of humanoid; the longest unbroken balance on one leg as fitness."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.scoring import longest_run

DT_S = 0.015
LIFTED_M, STANDING_M = 0.15, 0.02


def _postures(signals):
    """Return on which steps it is upright and still, and stands on its right and its left leg alone."""
    right, left = signals["right_foot_height"], signals["left_foot_height"]
    speed = np.hypot(signals["x_velocity"], signals["y_velocity"])
    steady = (signals["upright"] > 0.9) & (signals["height"] > 1.1) & (speed < 0.5)
    on_right = (left >= LIFTED_M) & (right <= STANDING_M)
    on_left = (right >= LIFTED_M) & (left <= STANDING_M)
    return steady, on_right, on_left


def fitness_episode(signals):
    """Seconds of the longest stretch on the same leg, upright and still."""
    steady, on_right, on_left = _postures(signals)
    return DT_S * max(longest_run(steady & on_right), longest_run(steady & on_left))


def fitness_parts(signals):
    """What a step must have to count."""
    steady, on_right, on_left = _postures(signals)
    return {"upright, tall and still": steady, "on one leg": on_right | on_left}


def events(signals):
    return {
        "the torso came too low": signals["height"] <= 1.0,
        "the torso came too high": signals["height"] >= 2.0,
    }
