"""Whose distribution moved between parent and child."""

from __future__ import annotations

import numpy as np
from analysis_fakes import episode

from eureka_agent.analysis.moves import distance, observe_moves

STEPS = np.arange(100.0)


def test_the_largest_moves_come_first() -> None:
    one = episode(100, height=STEPS, legs=np.stack([STEPS, STEPS], 1), prev_height=STEPS)
    other = episode(100, height=STEPS + 200, legs=np.stack([STEPS, STEPS + 50], 1), prev_height=STEPS + 200)
    first, second = observe_moves([one], [other], "0-00")
    assert first.text == "signal 'height' moved against 0-00: median 49.5 → 249.5 (distance 1.00 of 1)."
    assert second.text.startswith("signal 'legs[1]' moved against 0-00")


def test_what_stays_or_is_unknown_to_one_of_them_is_not_told() -> None:
    one, other = episode(100, height=STEPS), episode(100, height=STEPS + 5, other=STEPS)
    assert list(observe_moves([one], [other], "0-00")) == []
    assert list(observe_moves([], [other], "0-00")) == []


def test_components_move_too() -> None:
    def paid(by: float):
        values = (STEPS + by).astype(np.float32)
        return episode(100, height=STEPS, reward=values, components={"near": values})

    (seen,) = observe_moves([paid(0)], [paid(80)], "0-00")
    assert seen.text.startswith("component 'near' moved")


def test_a_distance_is_between_0_and_1() -> None:
    assert distance(STEPS, STEPS) == 0.0
    assert distance(STEPS, STEPS + 1000) == 1.0
    assert distance(np.zeros(3), np.array([0.0, 1.0])) == 0.5
