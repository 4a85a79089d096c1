from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eureka_agent.analysis.noninferiority import compared, margin_of

FULL, SPARSE = (100.0, 104.0, 96.0, 100.0), (0.0, 0.0, 0.0, 0.0)


def test_what_loses_less_than_the_margin_for_sure_is_not_inferior() -> None:
    margin = margin_of(FULL, SPARSE)
    assert margin == pytest.approx(10.0)
    same = compared([f - 1.0 for f in FULL], FULL, sign=1.0, margin=margin)
    assert same.difference.mean == pytest.approx(-1.0)
    assert same.not_inferior
    assert not same.better


def test_seeds_that_disagree_prove_nothing() -> None:
    wild = compared(
        [f + d for f, d in zip(FULL, (20.0, -20.0, 20.0, -20.0), strict=True)], FULL, sign=1.0, margin=10.0
    )
    assert wild.difference.mean == 0.0
    assert not wild.not_inferior


def test_pairs_of_the_same_seed_are_compared_and_not_the_means() -> None:
    full = (10.0, 200.0, 3000.0, 40000.0)
    assert compared([f - 1.0 for f in full], full, sign=1.0, margin=2.0).not_inferior


def test_where_less_is_better_signs_turn() -> None:
    assert compared([f + 20.0 for f in FULL], FULL, sign=-1.0, margin=10.0).difference.mean == -20.0
    assert compared([f - 20.0 for f in FULL], FULL, sign=-1.0, margin=10.0).better


def test_a_constant_fitness_has_no_margin_and_shows_nothing() -> None:
    margin = margin_of((5.0,) * 4, (5.0,) * 4)
    assert margin == 0.0
    assert not compared((5.0,) * 4, (5.0,) * 4, sign=1.0, margin=margin).not_inferior


def test_one_seed_shows_nothing() -> None:
    assert not compared([100.0], [0.0], sign=1.0, margin=50.0).not_inferior


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=8), st.floats(0.1, 1e6))
def test_a_reward_is_never_inferior_to_itself(values: list[float], margin: float) -> None:
    assert compared(values, values, sign=1.0, margin=margin).not_inferior
    assert not compared(values, values, sign=1.0, margin=margin).better
