"""Hopper, high jump: signals of hopper; the best landed jump as fitness."""

from __future__ import annotations

import numpy as np

from eureka_agent.tasks.scoring import highest_landed_jump

STAND_STEPS = 5
AFTER_STEPS = 125
"""A landing is shown by one more second without a fall."""
REACH_M = 1.0


def fitness_episode(signals):
    """Height of the foot in the best jump from stand to stand, on the spot."""
    near = np.abs(signals["x_position"] - signals["prev_x_position"][0]) < REACH_M
    standing = near & (signals["foot_height"] < 0.02) & (signals["upright"] > 0.87)
    return highest_landed_jump(signals["foot_height"], standing, hold=STAND_STEPS, after=AFTER_STEPS)


def events(signals):
    return {
        "the torso came too low": signals["height"] <= 0.5,
        "the torso leaned too far": np.abs(signals["pitch"]) >= 0.5,
    }
