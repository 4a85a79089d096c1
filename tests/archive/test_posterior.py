"""What is believed of a reward's score on a fresh seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.archive.posterior import SeedNoise, beliefs

Scores = Mapping[str, Sequence[float]]
SEARCH: Scores = {"a": [0.1], "b": [0.3], "c": [0.2], "lucky": [6.0], "sure": [3.0, 3.1, 2.9]}
"""One far off after a single seed, one that holds on three."""
SCORES = st.dictionaries(
    st.sampled_from("abcdefgh"), st.lists(st.floats(-10, 10, width=16), min_size=1, max_size=4), min_size=1
)


def test_one_seed_is_believed_less_than_several_of_the_same_mean() -> None:
    known = beliefs({"a": [0.0], "b": [0.0], "one": [4.0], "three": [4.0, 4.0, 4.0]}, sign=1.0)
    assert 0 < known["one"].mean < known["three"].mean < 4.0
    assert known["three"].sd < known["one"].sd


def test_who_is_far_better_than_all_others_still_leads() -> None:
    known = beliefs(SEARCH, sign=1.0)
    assert max(known, key=lambda name: known[name].mean) == "lucky"
    assert known["lucky"].mean < 6.0
    assert known["lucky"].sd > known["sure"].sd


def test_seeds_that_disagree_leave_more_doubt() -> None:
    known = beliefs({"a": [0.0], "b": [0.1], "torn": [0.0, 4.0], "agreed": [2.0, 2.0]}, sign=1.0)
    assert known["torn"].mean == known["agreed"].mean
    assert known["torn"].sd > known["agreed"].sd


def test_a_fitness_that_is_the_same_for_all_leaves_no_doubt() -> None:
    known = beliefs({"a": [0.0], "b": [0.0]}, sign=1.0)
    assert [(belief.mean, belief.sd) for belief in known.values()] == [(0.0, 0.0)] * 2
    assert beliefs({}, sign=1.0) == {}
    assert beliefs({"failed": []}, sign=1.0) == {}


def test_without_noise_a_score_is_what_it_says() -> None:
    known = beliefs(SEARCH, sign=1.0, noise=SeedNoise(share=0.0))
    assert known["lucky"].mean == 6.0
    assert known["lucky"].sd == 0.0


@given(SCORES, st.sampled_from([0.001, 1.0, 500.0]), st.floats(-100, 100, width=16))
def test_units_and_direction_make_no_difference(scores: Scores, unit: float, shift: float) -> None:
    known = beliefs(scores, sign=1.0)
    turned = {name: [-(unit * value + shift) for value in values] for name, values in scores.items()}
    for name, belief in beliefs(turned, sign=-1.0).items():
        tolerance = unit * 1e-6 + abs(shift) * 1e-9
        assert belief.mean == pytest.approx(unit * known[name].mean + shift, rel=1e-6, abs=tolerance)
        assert belief.sd == pytest.approx(unit * known[name].sd, rel=1e-6, abs=tolerance)


@given(SCORES)
def test_a_belief_lies_between_the_scores_and_the_median(scores: Scores) -> None:
    everybody = [value for values in scores.values() for value in values]
    for belief in beliefs(scores, sign=1.0).values():
        assert min(everybody) - 1e-9 <= belief.mean <= max(everybody) + 1e-9
        assert belief.sd >= 0
