"""Walker in a crouch: signals of walker; distance of the seconds walked properly as fitness."""

from __future__ import annotations

import numpy as np

SECOND_STEPS = 125
LOW_M, HIGH_M = 0.7, 1.0
LEAN_RAD = 0.5
CROUCHED_SHARE = 0.9
LIFTED_M, STANDING_M = 0.03, 0.015


def _postures(signals):
    """Return on which steps it crouches, and stands on its left and its right foot alone."""
    height, clearance = signals["height"], signals["body_clearance"]
    crouched = (height > LOW_M) & (height < HIGH_M) & (np.abs(signals["pitch"]) < LEAN_RAD)
    crouched &= clearance > 0.02
    right, left = signals["right_foot_height"], signals["left_foot_height"]
    on_left = (right > LIFTED_M) & (left < STANDING_M)
    on_right = (left > LIFTED_M) & (right < STANDING_M)
    return crouched, on_left, on_right


def _whole_seconds(steps):
    return [slice(begin, begin + SECOND_STEPS) for begin in range(0, steps - SECOND_STEPS + 1, SECOND_STEPS)]


def fitness_episode(signals):
    """Forward distance of whole seconds of crouched walking, at most what was gained in all."""
    crouched, on_left, on_right = _postures(signals)
    before, after = signals["prev_x_position"], signals["x_position"]
    counted = 0.0
    for second in _whole_seconds(len(after)):
        walked = bool(np.any(on_left[second]) and np.any(on_right[second]))
        if walked and float(np.mean(crouched[second])) >= CROUCHED_SHARE:
            counted += float(after[second][-1] - before[second][0])
    return max(min(counted, float(after[-1] - before[0])), 0.0)


def fitness_parts(signals):
    """What a second must have to count; each holds on all steps of a second or on none."""
    crouched, on_left, on_right = _postures(signals)
    before, after = signals["prev_x_position"], signals["x_position"]
    low, stepped, forward = (np.zeros(len(after), bool) for _ in range(3))
    for second in _whole_seconds(len(after)):
        low[second] = np.mean(crouched[second]) >= CROUCHED_SHARE
        stepped[second] = np.any(on_left[second]) and np.any(on_right[second])
        forward[second] = after[second][-1] > before[second][0]
    return {
        "a second in a crouch": low,
        "a second with a step on each foot": stepped,
        "a second that moves forward": forward,
    }


def events(signals):
    return {
        "the torso came too low": signals["height"] <= 0.6,
        "the torso leaned too far": np.abs(signals["pitch"]) >= 1.0,
    }
