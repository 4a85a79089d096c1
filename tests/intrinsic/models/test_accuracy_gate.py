from __future__ import annotations

import numpy as np
import pytest

from eureka_agent.intrinsic.models.gate import Verdict, accuracy_verdict, balanced_verdict
from eureka_agent.intrinsic.shares import Share


def guesses(right: int, wrong: int) -> np.ndarray:
    return np.array([True] * right + [False] * wrong)


def test_a_verdict_needs_enough_labels_and_a_bound_above_chance() -> None:
    assert not accuracy_verdict(guesses(9, 0), enough=10, deviations=1.0).open
    assert accuracy_verdict(guesses(10, 0), enough=10, deviations=1.0).open
    assert not accuracy_verdict(guesses(6, 4), enough=10, deviations=1.0).open
    assert accuracy_verdict(guesses(600, 400), enough=10, deviations=1.0).open
    assert accuracy_verdict(guesses(0, 0), enough=1, deviations=1.0) == Verdict()


def test_saying_always_yes_opens_no_gate_however_frequent_yes_is() -> None:
    positive = guesses(95, 5)
    verdict = balanced_verdict(positive, positive, enough=10, of_each=1, deviations=1.0)
    assert verdict.accuracy == 0.5
    assert not verdict.open


def test_the_balanced_bound_is_tighter_than_the_mean_of_both_bounds() -> None:
    right, positive = np.concatenate([guesses(18, 2)] * 2), guesses(20, 20)
    verdict = balanced_verdict(right, positive, enough=10, of_each=5, deviations=1.0)
    assert verdict.accuracy == pytest.approx(0.9)
    assert Share(18, 20).interval(1.0)[0] < verdict.low < 0.9
    assert verdict.low == pytest.approx(0.9 - (0.9 - Share(18, 20).interval(1.0)[0]) / 2**0.5)


def test_a_balanced_verdict_needs_both_answers() -> None:
    right = np.ones(30, bool)
    assert not balanced_verdict(right, right, enough=10, of_each=1, deviations=1.0).open
    few = guesses(27, 3)
    assert not balanced_verdict(right, few, enough=10, of_each=4, deviations=1.0).open
    assert balanced_verdict(right, few, enough=10, of_each=3, deviations=1.0).open


def test_a_verdict_survives_being_saved() -> None:
    verdict = Verdict(True, 0.8, 0.6, 31)
    assert Verdict.of_array(verdict.as_array) == verdict
