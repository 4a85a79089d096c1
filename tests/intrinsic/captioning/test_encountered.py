from __future__ import annotations

import numpy as np
import pytest
from caption_streams import NOTHING, column, steps_of
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.intrinsic.captioning.encountered import Encountered, weighted_quantile


def noted(*rollouts: list[str], capacity: int = 10, memory: float = 0.5) -> Encountered:
    seen = Encountered(capacity, memory)
    for texts in rollouts:
        seen.note(column(texts).captions)
    return seen


def test_frequencies_decay_with_each_rollout() -> None:
    seen = noted(["a", "a", "b", "a"], ["b"])
    assert dict(zip(seen.texts, seen.weights, strict=True)) == pytest.approx({"a": 0.375, "b": 1.125})


def test_rollouts_without_captions_change_nothing() -> None:
    seen = noted(["a"])
    seen.note(steps_of([None, None]).captions)
    seen.note(NOTHING.captions)
    assert seen.weights.tolist() == [1.0]


def test_the_rarest_are_dropped() -> None:
    seen = noted(["a", "a", "b", "c", "c"], capacity=2)
    assert seen.texts == ["a", "c"]
    assert [seen.place(text) for text in seen.texts] == [0, 1]
    assert "b" not in seen


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=9), max_size=9))
def test_never_more_than_allowed_and_a_restored_one_goes_on_alike(rollouts: list[list[str]]) -> None:
    seen = Encountered(4, 0.9)
    for texts in rollouts:
        restored = Encountered(4, 0.9)
        restored.load_state_dict(seen.state_dict())
        for one in (seen, restored):
            one.note(column(texts).captions)
        assert len(seen) <= 4
        assert seen.texts == restored.texts
        np.testing.assert_array_equal(seen.weights, restored.weights)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=8), st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0]))
def test_a_weighted_quantile_is_that_of_repeated_values(weights: list[int], share: float) -> None:
    values = np.arange(len(weights))[::-1].astype(float)
    repeated = np.repeat(values, weights)
    expected = np.quantile(repeated, share, method="inverted_cdf")
    assert weighted_quantile(values, np.array(weights, float), share) == expected
