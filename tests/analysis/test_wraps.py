"""Angles that jump by a turn between two steps, and numbers that only pass through such values."""

from __future__ import annotations

import numpy as np
from analysis_fakes import episode

from eureka_agent.analysis.wraps import observe_wraps

TURNING = np.linspace(0.0, 9.0, 60)
WRAPPED = (TURNING + np.pi) % (2 * np.pi) - np.pi


def test_a_wrapping_angle_is_cited_at_its_first_wrap() -> None:
    (seen,) = observe_wraps(episode(60, angle=WRAPPED), 2)
    jump = int(np.flatnonzero(np.abs(np.diff(WRAPPED)) > np.pi)[0])
    assert (seen.episode, seen.steps) == (2, (jump, jump + 1))
    assert "angle wraps once" in seen.text


def test_only_the_element_that_wraps_is_named() -> None:
    (seen,) = observe_wraps(episode(60, joints=np.stack([np.sin(TURNING), WRAPPED], axis=1)))
    assert seen.text.startswith("joints[1] wraps")


def test_an_angle_that_counts_turns_and_a_swing_across_zero_do_not_wrap() -> None:
    assert list(observe_wraps(episode(60, turns=TURNING, swing=3.0 * np.sin(TURNING)))) == []


def test_a_position_that_leaves_the_half_turn_is_no_angle() -> None:
    flipping = np.where(np.arange(60) % 2 == 0, 3.1, -3.1)
    flipping[30] = 40.0
    assert list(observe_wraps(episode(60, position=flipping))) == []
