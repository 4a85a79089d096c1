"""Which part of a compound fitness holds it at zero."""

from __future__ import annotations

import numpy as np

from eureka_agent.analysis.parts import observe_zero_parts

LOW, WALKS, NEVER = np.arange(10) < 4, np.arange(10) > 6, np.zeros(10, bool)


def test_a_part_that_never_held_is_named() -> None:
    (seen,) = observe_zero_parts({"crouched": LOW, "walking": NEVER}, 0.0, 2)
    assert seen.text == "The fitness is 0, and 'walking' held on no step."
    assert (seen.episode, seen.steps) == (2, (0, 9))
    assert seen.values == {"crouched": 0.4, "walking": 0.0}


def test_parts_that_never_held_at_once_are_named() -> None:
    (seen,) = observe_zero_parts({"crouched": LOW, "walking": WALKS}, 0.0)
    assert "never at once; 'walking' least often, on 3 of 10 steps" in seen.text
    assert seen.steps == (7, 9)


def test_otherwise_nothing_is_said() -> None:
    assert list(observe_zero_parts({}, 0.0)) == []
    assert list(observe_zero_parts({"crouched": NEVER}, 0.5)) == []
    assert list(observe_zero_parts({"crouched": NEVER}, None)) == []
    assert list(observe_zero_parts({"crouched": LOW, "walking": LOW}, 0.0)) == []
